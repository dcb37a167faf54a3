package rct

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.media.ExifInterface
import java.io.ByteArrayInputStream
import java.io.IOException
import java.nio.ByteBuffer

/** Android's decoders: JPEG, PNG, WebP, GIF and BMP that do not move; the pixels as stored, no colour profile. */
object Decoding {
    const val MAX_PIXELS = 40_000_000L

    /** Throws IllegalArgumentException for bytes that cannot be read: send such a picture to a person. */
    fun decode(encoded: ByteArray, contract: Contract): Pixels {
        Container(encoded).check()
        val options = BitmapFactory.Options().apply { inJustDecodeBounds = true }
        BitmapFactory.decodeByteArray(encoded, 0, encoded.size, options)
        val (width, height) = Pair(options.outWidth, options.outHeight)
        require(width > 0 && height > 0) { "picture: not one that this device reads." }
        require(width.toLong() * height <= MAX_PIXELS) { "picture: too large (got $width x $height)." }
        options.apply {
            inJustDecodeBounds = false
            inPreferredConfig = Bitmap.Config.ARGB_8888
            inPremultiplied = false
            inScaled = false
        }
        val bitmap = BitmapFactory.decodeByteArray(encoded, 0, encoded.size, options)
        requireNotNull(bitmap) { "picture: damaged." }
        try {
            require(bitmap.config == Bitmap.Config.ARGB_8888) { "picture: decoded to ${bitmap.config}." }
            val rgba = ByteArray(bitmap.byteCount) // red, green, blue, alpha in memory; getPixels would convert to sRGB
            bitmap.copyPixelsToBuffer(ByteBuffer.wrap(rgba))
            val pixels = Pixels.fromRgba(bitmap.width, bitmap.height, rgba, contract.background)
            return if (contract.exifRotation) pixels.turned(orientation(encoded)) else pixels
        } finally {
            bitmap.recycle()
        }
    }

    /** A broken EXIF block does not break the picture. */
    private fun orientation(encoded: ByteArray): Int = try {
        ExifInterface(ByteArrayInputStream(encoded)).getAttributeInt(ExifInterface.TAG_ORIENTATION, 1)
    } catch (error: IOException) {
        1
    } catch (error: RuntimeException) {
        1
    }
}
