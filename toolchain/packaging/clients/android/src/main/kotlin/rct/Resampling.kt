package rct

import kotlin.math.abs
import kotlin.math.cos
import kotlin.math.max
import kotlin.math.min
import kotlin.math.sin

/** Pillow's filters: each widens with the reduction, so that a reduction does not alias. */
object Resampling {
    private const val BITS = 22 // of the fixed point: 32, less 8 of the pixel and 2 for overshoot

    private class Filter(val support: Double, val weight: (Double) -> Double)

    private val FILTERS = mapOf(
        "box" to Filter(0.5) { x -> if (x > -0.5 && x <= 0.5) 1.0 else 0.0 },
        "bilinear" to Filter(1.0) { x -> max(0.0, 1.0 - abs(x)) },
        "hamming" to Filter(1.0) { x -> if (abs(x) >= 1) 0.0 else sinc(x) * (0.54 + 0.46 * cos(Math.PI * x)) },
        "bicubic" to Filter(2.0) { x -> cubic(abs(x)) },
        "lanczos" to Filter(3.0) { x -> if (x >= -3 && x < 3) sinc(x) * sinc(x / 3) else 0.0 }
    )

    val names: Set<String> = FILTERS.keys + "nearest"

    fun resample(pixels: Pixels, width: Int, height: Int, name: String): Pixels {
        if (name == "nearest") return nearest(pixels, width, height)
        val filter = FILTERS.getValue(name)
        // which comes first decides a rounding here and there
        val rowsFirst = pixels.height > height && pixels.height - height > 2 * (pixels.width - width)
        return if (rowsFirst) columns(rows(pixels, height, filter), width, filter)
        else rows(columns(pixels, width, filter), height, filter)
    }

    /** For every output position: where its weights begin, and the weights in fixed point. */
    private class Weights(val first: IntArray, val values: Array<IntArray>)

    private fun weights(size: Int, toSize: Int, filter: Filter): Weights {
        val scale = size.toDouble() / toSize
        val widening = max(scale, 1.0)
        val support = filter.support * widening
        val first = IntArray(toSize)
        val values = Array(toSize) { out ->
            val middle = (out + 0.5) * scale
            val from = max(0, (middle - support + 0.5).toInt())
            val until = min(size, (middle + support + 0.5).toInt())
            first[out] = from
            val exact = DoubleArray(until - from) { filter.weight((it + from - middle + 0.5) / widening) }
            val sum = exact.sum()
            IntArray(exact.size) { fixed(if (sum == 0.0) exact[it] else exact[it] / sum) }
        }
        return Weights(first, values)
    }

    private fun fixed(weight: Double): Int = (weight * (1 shl BITS) + (if (weight < 0) -0.5 else 0.5)).toInt()

    private fun columns(from: Pixels, width: Int, filter: Filter): Pixels {
        if (width == from.width) return from
        val weights = weights(from.width, width, filter)
        val out = ByteArray(width * from.height * 3)
        for (y in 0 until from.height) {
            for (x in 0 until width) {
                val start = (y * from.width + weights.first[x]) * 3
                blend(from.rgb, start, 3, weights.values[x], out, (y * width + x) * 3)
            }
        }
        return Pixels(width, from.height, out)
    }

    private fun rows(from: Pixels, height: Int, filter: Filter): Pixels {
        if (height == from.height) return from
        val weights = weights(from.height, height, filter)
        val out = ByteArray(from.width * height * 3)
        for (y in 0 until height) {
            for (x in 0 until from.width) {
                val start = (weights.first[y] * from.width + x) * 3
                blend(from.rgb, start, from.width * 3, weights.values[y], out, (y * from.width + x) * 3)
            }
        }
        return Pixels(from.width, height, out)
    }

    private fun blend(from: ByteArray, start: Int, step: Int, weights: IntArray, out: ByteArray, at: Int) {
        var red = 1 shl (BITS - 1)
        var green = red
        var blue = red
        var i = start
        for (weight in weights) {
            red += (from[i].toInt() and 255) * weight
            green += (from[i + 1].toInt() and 255) * weight
            blue += (from[i + 2].toInt() and 255) * weight
            i += step
        }
        out[at] = clip(red)
        out[at + 1] = clip(green)
        out[at + 2] = clip(blue)
    }

    private fun clip(sum: Int): Byte = min(255, max(0, sum shr BITS)).toByte()

    private fun nearest(from: Pixels, width: Int, height: Int): Pixels {
        val columns = positions(from.width, width)
        val rows = positions(from.height, height)
        val out = ByteArray(width * height * 3)
        for (y in 0 until height) {
            for (x in 0 until width) {
                System.arraycopy(from.rgb, (rows[y] * from.width + columns[x]) * 3, out, (y * width + x) * 3, 3)
            }
        }
        return Pixels(width, height, out)
    }

    private fun positions(size: Int, toSize: Int): IntArray {
        val scale = size.toDouble() / toSize
        var at = scale * 0.5 // added up, as Pillow does
        return IntArray(toSize) { min(size - 1, at.toInt()).also { at += scale } }
    }

    private fun sinc(x: Double): Double = if (x == 0.0) 1.0 else sin(Math.PI * x) / (Math.PI * x)

    private fun cubic(x: Double): Double = when { // a = -0.5
        x < 1 -> (1.5 * x - 2.5) * x * x + 1
        x < 2 -> ((-0.5 * x + 2.5) * x - 4) * x + 2
        else -> 0.0
    }
}
