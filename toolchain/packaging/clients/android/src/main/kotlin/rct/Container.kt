package rct

/**
 * What is refused before a decoder sees it, by the file's own structure: pictures of several frames, of which only
 * the first would be scored, and JPEGs of so many scans that decoding takes minutes.
 */
class Container(private val bytes: ByteArray) {
    /** Throws IllegalArgumentException: give such a picture to a person. */
    fun check() {
        if (starts("\u00ff\u00d8\u00ff")) {
            require(scans() <= MAX_SCANS) {
                "picture: a JPEG of more than $MAX_SCANS scans, which takes minutes to decode."
            }
        } else {
            require(frames() <= 1) { "picture: it has several frames, and only the first would be scored." }
        }
    }

    /** From marker to marker of a JPEG, until there are too many. */
    private fun scans(): Int {
        var count = 0
        var at = 2L
        while (at + 3 < bytes.size && count <= MAX_SCANS) {
            val kind = byte(at + 1)
            when {
                byte(at) != 0xff || kind == 0xff -> at += 1
                kind < 0x02 || kind in 0xd0..0xd8 -> at += 2 // stuffed, or without a length
                kind == 0xd9 -> return count
                else -> {
                    if (kind == 0xda) count++
                    at += 2 + (byte(at + 2) shl 8) + byte(at + 3)
                }
            }
        }
        return count
    }

    private fun frames(): Long = when {
        starts("\u0089PNG\r\n\u001a\n") -> pngFrames()
        starts("GIF8") -> gifFrames()
        starts("RIFF") && text(8) == "WEBP" -> webpFrames()
        else -> 1
    }

    /** The animation's frames, and the picture itself where it is none of them. */
    private fun pngFrames(): Long {
        var animated = 0L
        var pictureIsFrame = false
        var at = 8L
        while (at + 12 <= bytes.size) {
            when (text(at + 4)) {
                "acTL" -> animated = bigEndian(at + 8)
                "fcTL" -> pictureIsFrame = true
                "IDAT" -> at = bytes.size.toLong()
            }
            if (at < bytes.size) at += 12 + bigEndian(at)
        }
        return if (animated == 0L) 1 else animated + (if (pictureIsFrame) 0 else 1)
    }

    private fun webpFrames(): Long {
        var count = 0L
        var at = 12L
        while (at + 8 <= bytes.size) {
            if (text(at) == "ANMF") count++
            val size = byte(at + 4) + (byte(at + 5) shl 8) + (byte(at + 6) shl 16) + (byte(at + 7).toLong() shl 24)
            at += 8 + size + size % 2
        }
        return count
    }

    private fun gifFrames(): Long {
        var count = 0L
        var at = 13L + table(byte(10))
        while (at < bytes.size && count < 2) {
            when (byte(at)) {
                0x21 -> at += 2
                0x2c -> { count++; at += 11 + table(byte(at + 9)) }
                else -> return count // the end
            }
            while (byte(at) > 0) at += 1 + byte(at) // blocks, until an empty one
            at += 1
        }
        return count
    }

    private fun table(flags: Int): Int = if (flags and 0x80 == 0) 0 else 3 * (2 shl (flags and 7))

    /** A byte from 0 to 255; 0 behind the end. */
    private fun byte(at: Long): Int = if (at < bytes.size) bytes[at.toInt()].toInt() and 0xff else 0

    private fun bigEndian(at: Long): Long = (0..3L).fold(0L) { sum, i -> (sum shl 8) + byte(at + i) }

    private fun text(at: Long): String = (at..at + 3).map { byte(it).toChar() }.joinToString("")

    private fun starts(mark: String): Boolean = mark.indices.all { byte(it.toLong()) == mark[it].toInt() }

    companion object {
        const val MAX_SCANS = 100
    }
}
