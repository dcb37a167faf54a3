import Foundation

/// A runtime that holds the model: one score per category of the pixels that the contract asks for.
protocol Scorer {
    static var format: String { get }
    init(model: URL, contract: Contract) throws
    func score(_ resized: Pixels) throws -> [Float]
}

/// A bundle that is loaded. Use one per thread.
public final class Classifier {
    let contract: Contract
    private let scorer: Scorer

    /// Load the package's folder `model`.
    public init(bundle: URL) throws {
        contract = try Contract.read(bundle, format: Runtime.format)
        scorer = try Runtime(model: bundle.appendingPathComponent(contract.model), contract: contract)
    }

    /// Scores and verdicts of a picture's bytes; an error if they cannot be read: send such a picture to a person.
    public func classify(_ encoded: Data) throws -> Outcome {
        try contract.judge(score(contract.resize(decode(encoded))))
    }

    func decode(_ encoded: Data) throws -> Pixels { try Decoding.decode(encoded, contract.rule) }

    func score(_ resized: Pixels) throws -> [Float] {
        guard resized.width == contract.rule.width, resized.height == contract.rule.height else {
            throw RctError("pixels: not resized (got \(resized.width) x \(resized.height)).")
        }
        return try scorer.score(resized)
    }
}
