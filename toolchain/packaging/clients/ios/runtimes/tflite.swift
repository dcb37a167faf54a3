import Foundation
import TensorFlowLite

/// LiteRT, as the pod TensorFlowLiteSwift has it.
final class Runtime: Scorer {
    static let format = "tflite"
    private let interpreter: Interpreter

    init(model: URL, contract: Contract) throws {
        var options = Interpreter.Options()
        options.threadCount = 2
        interpreter = try Interpreter(modelPath: model.path, options: options)
        try interpreter.resizeInput(at: 0, to: Tensor.Shape([1, contract.rule.height, contract.rule.width, 3]))
        try interpreter.allocateTensors()
    }

    func score(_ resized: Pixels) throws -> [Float] {
        try interpreter.copy(Data(resized.rgb), toInputAt: 0)
        try interpreter.invoke()
        return try interpreter.output(at: 0).data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }
}
