package rct

import java.security.MessageDigest
import org.json.JSONArray
import org.json.JSONObject

/** What model/manifest.json asks of a client. Where a thing is left out here, [read] refuses it by name. */
class Contract private constructor(
    val model: String,
    val categories: List<String>,
    val width: Int,
    val height: Int,
    val resizeWidth: Int,
    val resizeHeight: Int,
    val filter: String,
    val fit: String,
    val exifRotation: Boolean,
    val background: List<Int>,
    private val review: List<Double>,
    private val block: List<Double>,
    private val files: Map<String, Pair<Long, String>>
) {
    /** Refuse a file that is not what the manifest says. */
    fun check(path: String, content: ByteArray) {
        val (bytes, digest) = requireNotNull(files[path]) { "$path: not in the manifest." }
        val found = MessageDigest.getInstance("SHA-256").digest(content).joinToString("") { "%02x".format(it) }
        require(content.size.toLong() == bytes && found == digest) { "$path: not what the manifest says." }
    }

    /** Decoded pixels to the network's input. */
    fun resize(decoded: Pixels): Pixels {
        var pixels = decoded
        var columns = resizeWidth
        var rows = resizeHeight
        if (fit == "cover") {
            val (across, down) = largestInside(pixels.width, pixels.height, columns, rows)
            pixels = pixels.centre(across, down)
        } else if (fit == "contain") {
            val (across, down) = largestInside(columns, rows, pixels.width, pixels.height)
            columns = across
            rows = down
        }
        pixels = Resampling.resample(pixels, columns, rows, filter)
        if (fit == "contain") pixels = pixels.onCanvas(resizeWidth, resizeHeight, background)
        return pixels.centre(width, height)
    }

    /** Scores with names and verdicts; a score that is not a number is a case for a person. */
    fun judge(scores: FloatArray): Result {
        require(scores.size == categories.size) { "scores: ${scores.size}, of ${categories.size} categories." }
        val verdicts = scores.mapIndexed { i, value ->
            val score = value.toDouble()
            when {
                score.isNaN() -> Verdict.REVIEW
                score >= block[i] -> Verdict.BLOCK
                score >= review[i] -> Verdict.REVIEW
                else -> Verdict.ALLOW
            }
        }
        return Result(
            categories.zip(scores.toList()).toMap(), categories.zip(verdicts).toMap(),
            verdicts.fold(Verdict.ALLOW) { worst, verdict -> if (verdict > worst) verdict else worst }
        )
    }

    companion object {
        private val VERSIONS = setOf("rct.bundle/1", "rct.bundle/2")

        fun read(manifest: String): Contract {
            val root = JSONObject(manifest)
            val version = root.optString("schema_version")
            require(version in VERSIONS) { "manifest.json: unknown version (got $version)." }
            val format = root.getString("format")
            require(format == "tflite") { "manifest.json: this client runs format tflite (got $format)." }
            val input = root.getJSONArray("inputs").getJSONObject(0).getJSONArray("shape")
            require(!input.isNull(1)) { "manifest.json: a model that takes any size is left out of this client." }
            val output = root.getJSONArray("outputs").getJSONObject(0).getString("dtype")
            require(output == "float32") { "manifest.json: this client reads float32 scores (got $output)." }
            val spec = root.getJSONObject("spec")
            val rule = spec.getJSONObject("preprocessing")
            val resize = rule.getJSONObject("resize")
            val filter = resize.getString("filter")
            require(filter in Resampling.names) { "manifest.json: unknown filter (got $filter)." }
            val fit = resize.getString("fit")
            require(fit in setOf("stretch", "cover", "contain")) { "manifest.json: unknown fit (got $fit)." }
            val names = objects(spec.getJSONArray("categories")).map { it.getString("name") }
            val limits = names.map { spec.getJSONObject("thresholds").getJSONObject(it) }
            val files = root.getJSONObject("files")
            return Contract(
                root.getString("model"), names, rule.getInt("width"), rule.getInt("height"),
                resize.getInt("width"), resize.getInt("height"), filter, fit, rule.getBoolean("exif_rotation"),
                rule.getJSONArray("background").let { colour -> List(3) { colour.getInt(it) } },
                limits.map { it.getDouble("review") }, limits.map { it.getDouble("block") },
                files.keys().asSequence().associate { path ->
                    val entry = files.getJSONObject(path)
                    path to Pair(entry.getLong("bytes"), entry.getString("sha256"))
                }
            )
        }

        fun objects(array: JSONArray): List<JSONObject> = List(array.length()) { array.getJSONObject(it) }

        private fun largestInside(width: Int, height: Int, across: Int, down: Int): Pair<Int, Int> {
            val columns = minOf(width.toLong(), height.toLong() * across / down)
            val rows = minOf(height.toLong(), width.toLong() * down / across)
            return Pair(maxOf(1L, columns).toInt(), maxOf(1L, rows).toInt())
        }
    }
}

/** From the mildest to the most severe. */
enum class Verdict { ALLOW, REVIEW, BLOCK }

/** Scores from 0 to 1 and verdicts by category, and the most severe verdict. */
data class Result(val scores: Map<String, Float>, val verdicts: Map<String, Verdict>, val verdict: Verdict)
