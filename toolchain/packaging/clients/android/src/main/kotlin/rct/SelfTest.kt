package rct

import kotlin.math.abs
import org.json.JSONArray
import org.json.JSONObject

/** The golden vectors, stage by stage; each stage begins with the golden input of that stage. */
class SelfTest(
    private val contract: Contract,
    private val decode: (ByteArray) -> Pixels,
    private val score: (Pixels) -> FloatArray
) {
    /** How far a stage is off at most, and how far it may be. */
    class Stage(val name: String, val off: Double, val limit: Double) {
        val passed: Boolean get() = off <= limit

        override fun toString(): String = "$name ${if (passed) "ok" else "DIFFERS"} $off, at most $limit"
    }

    /** [read] gives the content of a file of the folder golden by its name. */
    fun run(read: (String) -> ByteArray): List<Stage> {
        val golden = JSONObject(String(read("golden.json"), Charsets.UTF_8))
        val version = golden.optString("schema_version")
        require(version == "rct.golden/1") { "golden.json: unknown version (got $version)." }
        val worst = LinkedHashMap<String, Double>()
        for (picture in Contract.objects(golden.getJSONArray("pictures"))) {
            val pixels = Pixels.fromPpm(read(picture.getString("decoded")))
            val resized = Pixels.fromPpm(read(picture.getString("resized")))
            val scores = numbers(picture.getJSONArray("scores"))
            val own = picture.optJSONArray("bundle_scores")?.let(::numbers) ?: scores
            val ours = score(resized)
            val decoded = decode(read(picture.getString("file")))
            val found = listOf(
                "decoded" to decoded.difference(pixels),
                "resized" to contract.resize(pixels).difference(resized),
                "bundle_score" to difference(ours, own),
                "resized_score" to difference(ours, scores),
                "file_score" to difference(score(contract.resize(decoded)), scores)
            )
            for ((name, off) in found) worst[name] = larger(worst[name] ?: 0.0, off)
        }
        val limits = golden.getJSONObject("tolerance")
        val there = worst.filterKeys(limits::has) // bundle_score is not in every package
        return there.map { (name, off) -> Stage(name, off, limits.getDouble(name)) }
    }

    private fun numbers(array: JSONArray): DoubleArray = DoubleArray(array.length()) { array.getDouble(it) }

    private fun difference(ours: FloatArray, theirs: DoubleArray): Double {
        if (ours.size != theirs.size) return Double.POSITIVE_INFINITY
        return ours.indices.fold(0.0) { worst, i -> larger(worst, abs(ours[i] - theirs[i])) }
    }

    /** One that is not a number is the larger one: it must not pass. */
    private fun larger(one: Double, other: Double): Double =
        if (one.isNaN() || other.isNaN()) Double.NaN else maxOf(one, other)
}
