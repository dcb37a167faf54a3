package rct

import android.util.Log
import androidx.test.ext.junit.runners.AndroidJUnit4
import androidx.test.platform.app.InstrumentationRegistry
import org.junit.Assert.fail
import org.junit.Test
import org.junit.runner.RunWith

/** The golden vectors on a device: ./gradlew connectedAndroidTest */
@RunWith(AndroidJUnit4::class)
class GoldenTest {
    private val device = InstrumentationRegistry.getInstrumentation()

    @Test
    fun liteRt() = Classifier.load(device.targetContext.assets).use { check(it.contract, it::decode, it::score) }

    @Test
    fun mediaPipe() = Classifier.load(device.targetContext.assets).use { ours ->
        MediaPipeClassifier.load(device.targetContext).use { check(ours.contract, ours::decode, it::score) }
    }

    private fun check(contract: Contract, decode: (ByteArray) -> Pixels, score: (Pixels) -> FloatArray) {
        val stages = SelfTest(contract, decode, score).run { name ->
            device.context.assets.open("golden/$name").use { it.readBytes() }
        }
        stages.forEach { Log.i("rct", it.toString()) }
        stages.firstOrNull { !it.passed }?.let { fail("$it; it is the first stage that differs.") }
    }
}
