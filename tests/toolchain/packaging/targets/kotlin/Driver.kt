package rct

import java.io.File
import org.json.JSONArray
import org.json.JSONObject

/** Does each job of a JSON list and prints what came of it as a JSON list; pixels go through files. */
fun main(args: Array<String>) {
    val jobs = Contract.objects(JSONArray(File(args[0]).readText()))
    println(JSONArray(jobs.map { job ->
        try { answer(job) } catch (error: IllegalArgumentException) { "refused: ${error.message}" }
    }))
}

private fun answer(job: JSONObject): Any = when (job.getString("do")) {
    "resize" -> save(job, Contract.read(job.getString("manifest")).resize(pixels(job)))
    "turn" -> save(job, pixels(job).turned(job.getInt("orientation")))
    "lay" -> save(job, Pixels.fromRgba(job.getInt("width"), job.getInt("height"), file(job, "from").readBytes(), listOf(255, 7, 0)))
    "judge" -> {
        val scores = job.getJSONArray("scores").let { s -> FloatArray(s.length()) { s.getString(it).toFloat() } }
        val result = Contract.read(job.getString("manifest")).judge(scores)
        JSONObject(mapOf("verdicts" to JSONObject(result.verdicts.mapValues { it.value.name }), "verdict" to result.verdict.name))
    }
    "container" -> {
        Container(file(job, "from").readBytes()).check()
        "fine"
    }
    "check" -> {
        Contract.read(job.getString("manifest")).check(job.getString("path"), file(job, "from").readBytes())
        "checked"
    }
    "selftest" -> {
        val contract = Contract.read(job.getString("manifest"))
        val golden = File(job.getString("golden"))
        val decoded = Pixels.fromPpm(File(golden, "0.decoded.ppm").readBytes())
        val scores = job.getJSONArray("scores").let { s -> FloatArray(s.length()) { s.getString(it).toFloat() } }
        val stages = SelfTest(contract, { decoded }, { scores }).run { File(golden, it).readBytes() }
        JSONObject(stages.associate { it.name to it.passed })
    }
    else -> throw IllegalStateException("no such job")
}

private fun file(job: JSONObject, key: String) = File(job.getString(key))

private fun pixels(job: JSONObject) = Pixels.fromPpm(file(job, "from").readBytes())

private fun save(job: JSONObject, pixels: Pixels): String {
    file(job, "to").writeBytes(pixels.rgb)
    return "${pixels.height} ${pixels.width}"
}
