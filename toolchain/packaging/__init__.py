"""Packages: a bundle with a client for one target, and everything that the client needs to check itself.

A package is a folder, and a zip of it with the same bytes whenever it is made from the same bundle:

    NAME-TARGET/
        README.md           for this target: build, run, check
        contents.json       size and SHA-256 of every other file; what a signature signs
        contents.json.sig   if signed
        model/              the bundle as it is: manifest.json, the model, golden.npz, licences
        golden/             the golden vectors as plain files; golden.json says what they are
        MODEL_CARD.md       for people
        LICENSE, NOTICE     of the client's code
        bom.cdx.json        CycloneDX ML-BOM
        …                   the target's client
"""
