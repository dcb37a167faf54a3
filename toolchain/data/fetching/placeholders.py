"""Pictures that servers answer with when they have no picture: known by the MD5 of their bytes."""

PLACEHOLDERS = {
    "880a7a58e05d3e83797f27573bb6d35c": "Flickr's, a PNG of 2,051 bytes",
    "3dc4bec585ab1f7056b6e32f8934d369": "Flickr's, a JPEG of 9,987 bytes",
}
"""MD5 in hexadecimal digits to whose it is."""
