import Foundation
import OnnxRuntimeBindings

/// ONNX Runtime, as its Swift package has it.
final class Runtime: Scorer {
    static let format = "onnx"
    private let environment: ORTEnv
    private let session: ORTSession
    private let input: String
    private let output: String

    init(model: URL, contract: Contract) throws {
        environment = try ORTEnv(loggingLevel: .warning)
        session = try ORTSession(env: environment, modelPath: model.path, sessionOptions: nil)
        input = contract.inputs[0].name
        output = contract.outputs[0].name
    }

    func score(_ resized: Pixels) throws -> [Float] {
        let pixels = NSMutableData(data: Data(resized.rgb))
        let shape = [1, resized.height, resized.width, 3].map { NSNumber(value: $0) }
        let value = try ORTValue(tensorData: pixels, elementType: .uInt8, shape: shape)
        let found = try session.run(withInputs: [input: value], outputNames: [output], runOptions: nil)
        guard let scores = found[output] else { throw RctError("model: it has no output \(output).") }
        return try (scores.tensorData() as Data).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }
}
