package rct

import android.content.Context
import android.graphics.Bitmap
import com.google.mediapipe.framework.image.BitmapImageBuilder
import com.google.mediapipe.tasks.core.BaseOptions
import com.google.mediapipe.tasks.vision.core.RunningMode
import com.google.mediapipe.tasks.vision.imageclassifier.ImageClassifier

/**
 * The same model in MediaPipe Tasks. The pixels are ours: they are decoded and resized as the contract says, and
 * MediaPipe is given what needs no more resizing. Its own resize is not Pillow's; do not hand it a whole photograph.
 */
class MediaPipeClassifier private constructor(
    private val contract: Contract,
    private val task: ImageClassifier
) : AutoCloseable {
    fun classify(encoded: ByteArray): Result =
        contract.judge(score(contract.resize(Decoding.decode(encoded, contract))))

    @Synchronized
    fun score(resized: Pixels): FloatArray {
        val colours = IntArray(resized.width * resized.height) { pixel ->
            val (red, green, blue) = List(3) { resized.rgb[pixel * 3 + it].toInt() and 255 }
            (255 shl 24) or (red shl 16) or (green shl 8) or blue
        }
        val bitmap = Bitmap.createBitmap(colours, resized.width, resized.height, Bitmap.Config.ARGB_8888)
        val found = task.classify(BitmapImageBuilder(bitmap).build()).classificationResult().classifications()[0]
        val scores = found.categories().associate { it.categoryName() to it.score() } // sorted by score, not by us
        return FloatArray(contract.categories.size) { scores.getValue(contract.categories[it]) }
    }

    override fun close() = task.close()

    companion object {
        /** Check and load the bundle in the folder [model] of the assets. */
        fun load(context: Context, model: String = "model"): MediaPipeClassifier {
            fun read(path: String): ByteArray = context.assets.open("$model/$path").use { it.readBytes() }
            val contract = Contract.read(String(read("manifest.json"), Charsets.UTF_8))
            contract.check(contract.model, read(contract.model))
            val base = BaseOptions.builder().setModelAssetPath("$model/${contract.model}").build()
            val options = ImageClassifier.ImageClassifierOptions.builder()
                .setBaseOptions(base).setRunningMode(RunningMode.IMAGE).build()
            return MediaPipeClassifier(contract, ImageClassifier.createFromOptions(context, options))
        }
    }
}
