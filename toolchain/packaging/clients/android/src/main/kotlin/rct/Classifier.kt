package rct

import android.content.res.AssetManager
import java.nio.ByteBuffer
import java.nio.ByteOrder
import org.tensorflow.lite.Interpreter

/**
 * The model on LiteRT. One thread at a time: [classify] is synchronized.
 *
 *     Classifier.load(context.assets).use { it.classify(bytes).verdict }
 */
class Classifier private constructor(val contract: Contract, private val interpreter: Interpreter) : AutoCloseable {
    /** Scores and verdicts of a picture's bytes; IllegalArgumentException if they cannot be read. */
    fun classify(encoded: ByteArray): Result = contract.judge(score(contract.resize(decode(encoded))))

    fun decode(encoded: ByteArray): Pixels = Decoding.decode(encoded, contract)

    /** One score per category of what [Contract.resize] returned. */
    @Synchronized
    fun score(resized: Pixels): FloatArray {
        require(resized.width == contract.width && resized.height == contract.height) {
            "pixels: not resized (got ${resized.width} x ${resized.height})."
        }
        val input = ByteBuffer.allocateDirect(resized.rgb.size).order(ByteOrder.nativeOrder())
        input.put(resized.rgb).rewind()
        val output = arrayOf(FloatArray(contract.categories.size))
        interpreter.run(input, output)
        return output[0]
    }

    override fun close() = interpreter.close()

    companion object {
        /** Check and load the bundle in the folder [model] of the assets. */
        fun load(assets: AssetManager, model: String = "model", threads: Int = 2): Classifier {
            fun read(path: String): ByteArray = assets.open("$model/$path").use { it.readBytes() }
            val contract = Contract.read(String(read("manifest.json"), Charsets.UTF_8))
            val content = read(contract.model)
            contract.check(contract.model, content)
            val buffer = ByteBuffer.allocateDirect(content.size).order(ByteOrder.nativeOrder())
            buffer.put(content).rewind()
            val interpreter = Interpreter(buffer, Interpreter.Options().setNumThreads(threads))
            interpreter.resizeInput(0, intArrayOf(1, contract.height, contract.width, 3))
            interpreter.allocateTensors()
            return Classifier(contract, interpreter)
        }
    }
}
