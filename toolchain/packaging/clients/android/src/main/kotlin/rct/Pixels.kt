package rct

/** A picture of 8-bit RGB: rows from the top, three bytes a pixel. */
class Pixels(val width: Int, val height: Int, val rgb: ByteArray) {
    init {
        require(rgb.size == width * height * 3) { "pixels: ${rgb.size} bytes are not $width x $height x 3." }
    }

    /** The middle; where a margin is odd, the smaller half is at the top and on the left. */
    fun centre(toWidth: Int, toHeight: Int): Pixels {
        val top = (height - toHeight) / 2
        val left = (width - toWidth) / 2
        val out = ByteArray(toWidth * toHeight * 3)
        for (y in 0 until toHeight) {
            System.arraycopy(rgb, ((top + y) * width + left) * 3, out, y * toWidth * 3, toWidth * 3)
        }
        return Pixels(toWidth, toHeight, out)
    }

    /** This picture in the middle of a larger one of one colour. */
    fun onCanvas(toWidth: Int, toHeight: Int, colour: List<Int>): Pixels {
        val out = ByteArray(toWidth * toHeight * 3) { colour[it % 3].toByte() }
        val top = (toHeight - height) / 2
        val left = (toWidth - width) / 2
        for (y in 0 until height) {
            System.arraycopy(rgb, y * width * 3, out, ((top + y) * toWidth + left) * 3, width * 3)
        }
        return Pixels(toWidth, toHeight, out)
    }

    /** Turned and mirrored as this EXIF orientation (1 to 8) says; any other number changes nothing. */
    fun turned(orientation: Int): Pixels {
        if (orientation !in 2..8) return this
        val across = if (orientation >= 5) height else width
        val down = if (orientation >= 5) width else height
        val out = ByteArray(rgb.size)
        for (y in 0 until down) {
            for (x in 0 until across) {
                val fromX: Int
                val fromY: Int
                when (orientation) {
                    2 -> { fromX = width - 1 - x; fromY = y }
                    3 -> { fromX = width - 1 - x; fromY = height - 1 - y }
                    4 -> { fromX = x; fromY = height - 1 - y }
                    5 -> { fromX = y; fromY = x }
                    6 -> { fromX = y; fromY = height - 1 - x }
                    7 -> { fromX = width - 1 - y; fromY = height - 1 - x }
                    else -> { fromX = width - 1 - y; fromY = x }
                }
                System.arraycopy(rgb, (fromY * width + fromX) * 3, out, (y * across + x) * 3, 3)
            }
        }
        return Pixels(across, down, out)
    }

    /** The largest difference of any channel of any pixel; infinity where the sizes differ. */
    fun difference(other: Pixels): Double {
        if (width != other.width || height != other.height) return Double.POSITIVE_INFINITY
        var worst = 0
        for (i in rgb.indices) {
            val off = Math.abs((rgb[i].toInt() and 255) - (other.rgb[i].toInt() and 255))
            if (off > worst) worst = off
        }
        return worst.toDouble()
    }

    companion object {
        /** Lay RGBA, four bytes a pixel and colours not multiplied by alpha, on [background]. */
        fun fromRgba(width: Int, height: Int, rgba: ByteArray, background: List<Int>): Pixels {
            val out = ByteArray(width * height * 3)
            for (pixel in 0 until width * height) {
                val alpha = rgba[pixel * 4 + 3].toInt() and 255
                for (c in 0 until 3) {
                    val colour = rgba[pixel * 4 + c].toInt() and 255
                    out[pixel * 3 + c] = ((alpha * colour + (255 - alpha) * background[c] + 127) / 255).toByte()
                }
            }
            return Pixels(width, height, out)
        }

        /** Read a binary PPM (P6, 8 bit), as the golden files are. */
        fun fromPpm(file: ByteArray): Pixels {
            var at = 0
            val words = List(4) {
                val start = at
                while (file[at].toInt() > 32) at++
                String(file, start, at++ - start, Charsets.US_ASCII)
            }
            require(words[0] == "P6" && words[3] == "255") { "ppm: not binary with 8 bit (got $words)." }
            return Pixels(words[1].toInt(), words[2].toInt(), file.copyOfRange(at, file.size))
        }
    }
}
