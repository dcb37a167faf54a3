"""A report for a reader: Markdown, and one page of HTML with plots. What is said of the samples is derived here.

    reading = read(report)                        # rows: every contender with its figures, ratios and verdicts
    markdown(reading)
    page(reading)                                 # html: nothing outside of it is ever asked for
    write_reports(report, Path("reports/today"))  # report.json, report.md, report.html

``headline`` says what comes first, ``tables`` are the same for both, ``cells`` are their words; ``plots`` and
``score_plots`` draw, on ``drawing``.
"""
