import CryptoKit
import Foundation

/// From the mildest to the most severe.
public enum Verdict: Int, Comparable {
    case allow, review, block

    public static func < (one: Verdict, other: Verdict) -> Bool { one.rawValue < other.rawValue }
}

/// Scores from 0 to 1 and verdicts by category, and the most severe verdict.
public struct Outcome {
    public let scores: [String: Float]
    public let verdicts: [String: Verdict]
    public let verdict: Verdict
}

/// What model/manifest.json asks of a client. What is left out here is refused by name when it is read.
public struct Contract: Decodable {
    struct Tensor: Decodable {
        let name: String
        let dtype: String
        let shape: [Int?]
    }

    struct File: Decodable {
        let bytes: Int
        let sha256: String
    }

    struct Category: Decodable { let name: String }

    struct Limits: Decodable {
        let review: Double
        let block: Double
    }

    struct Size: Decodable {
        let width: Int
        let height: Int
        let filter: String
        let fit: String
    }

    struct Rule: Decodable {
        let width: Int
        let height: Int
        let resize: Size
        let exif_rotation: Bool
        let background: [UInt8]
    }

    struct Spec: Decodable {
        let categories: [Category]
        let thresholds: [String: Limits]
        let preprocessing: Rule
    }

    let schema_version: String
    let format: String
    let model: String
    let spec: Spec
    let inputs: [Tensor]
    let outputs: [Tensor]
    let files: [String: File]

    var rule: Rule { spec.preprocessing }

    /// Read the manifest in the folder `bundle` and check the model's size and digest.
    static func read(_ bundle: URL, format: String) throws -> Contract {
        let manifest = try Data(contentsOf: bundle.appendingPathComponent("manifest.json"))
        let contract = try JSONDecoder().decode(Contract.self, from: manifest)
        try contract.refuse(unless: format)
        let content = try Data(contentsOf: bundle.appendingPathComponent(contract.model), options: .mappedIfSafe)
        let digest = SHA256.hash(data: content).map { String(format: "%02x", $0) }.joined()
        guard let file = contract.files[contract.model], file.bytes == content.count, file.sha256 == digest else {
            throw RctError("\(contract.model): not what the manifest says.")
        }
        return contract
    }

    private func refuse(unless wanted: String) throws {
        guard ["rct.bundle/1", "rct.bundle/2"].contains(schema_version) else {
            throw RctError("manifest.json: unknown version (got \(schema_version)).")
        }
        guard format == wanted else {
            throw RctError("manifest.json: this client runs format \(wanted) (got \(format)).")
        }
        guard inputs[0].shape[1] != nil else {
            throw RctError("manifest.json: a model that takes any size is left out of this client.")
        }
        guard outputs[0].dtype == "float32" else {
            throw RctError("manifest.json: this client reads float32 scores (got \(outputs[0].dtype)).")
        }
        guard Resampling.names.contains(rule.resize.filter) else {
            throw RctError("manifest.json: unknown filter (got \(rule.resize.filter)).")
        }
        guard ["stretch", "cover", "contain"].contains(rule.resize.fit) else {
            throw RctError("manifest.json: unknown fit (got \(rule.resize.fit)).")
        }
    }

    /// Decoded pixels to the network's input.
    func resize(_ decoded: Pixels) -> Pixels {
        let size = rule.resize
        var (columns, rows) = (size.width, size.height)
        var pixels = decoded
        if size.fit == "cover" {
            let box = Contract.largestInside(pixels.width, pixels.height, columns, rows)
            pixels = pixels.centre(box.0, box.1)
        } else if size.fit == "contain" {
            (columns, rows) = Contract.largestInside(columns, rows, pixels.width, pixels.height)
        }
        pixels = Resampling.resample(pixels, columns, rows, filter: size.filter)
        if size.fit == "contain" {
            pixels = pixels.onCanvas(size.width, size.height, colour: rule.background)
        }
        return pixels.centre(rule.width, rule.height)
    }

    private static func largestInside(_ width: Int, _ height: Int, _ across: Int, _ down: Int) -> (Int, Int) {
        (max(1, min(width, height * across / down)), max(1, min(height, width * down / across)))
    }

    /// Scores with names and verdicts; a score that is not a number is a case for a person.
    func judge(_ scores: [Float]) throws -> Outcome {
        guard scores.count == spec.categories.count else {
            throw RctError("scores: \(scores.count), of \(spec.categories.count) categories.")
        }
        var named = [String: Float]()
        var verdicts = [String: Verdict]()
        for (category, score) in zip(spec.categories, scores) {
            guard let limits = spec.thresholds[category.name] else {
                throw RctError("manifest.json: \(category.name) has no thresholds.")
            }
            named[category.name] = score
            verdicts[category.name] = Contract.verdict(Double(score), limits)
        }
        return Outcome(scores: named, verdicts: verdicts, verdict: verdicts.values.max() ?? .review)
    }

    private static func verdict(_ score: Double, _ limits: Limits) -> Verdict {
        if score.isNaN { return .review }
        if score >= limits.block { return .block }
        return score >= limits.review ? .review : .allow
    }
}
