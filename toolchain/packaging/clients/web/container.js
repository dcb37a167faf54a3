/* What is refused before it is decoded, by the file's own structure: pictures of several frames, of which only the first
   would be scored, and JPEGs of so many scans that decoding takes minutes. And pictures that are too large.

   checkContainer(bytes)        // throws an Error: give such a picture to a person
   checkSize(width, height)     // likewise, in pixels */

const MAX_PIXELS = 100_000_000;
const MAX_SIDE = 65_535;
const MAX_SCANS = 100;
const text = (bytes, at, size) => String.fromCharCode(...bytes.subarray(at, at + size));
const bigEndian = (bytes, at) => ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
const littleEndian = (bytes, at) => bytes[at] + bytes[at + 1] * 256 + bytes[at + 2] * 65536 + bytes[at + 3] * 2 ** 24;

export function checkContainer(bytes) {
  if (text(bytes, 0, 3) === "\xff\xd8\xff") {
    if (scans(bytes) <= MAX_SCANS) return;
    throw new Error(`picture: a JPEG of more than ${MAX_SCANS} scans, which takes minutes to decode.`);
  }
  if (frames(bytes) > 1) throw new Error("picture: it has several frames, and only the first would be scored.");
}

export function checkSize(width, height) {
  if (width * height > MAX_PIXELS || Math.max(width, height) > MAX_SIDE) {
    throw new Error(`picture: too large (got ${width}x${height}).`);
  }
}

/* From marker to marker of a JPEG, until there are too many. */
function scans(bytes) {
  let count = 0;
  for (let at = 2; at + 3 < bytes.length && count <= MAX_SCANS; ) {
    const kind = bytes[at + 1];
    if (bytes[at] !== 0xff || kind === 0xff) at += 1;
    else if (kind < 0x02 || (kind >= 0xd0 && kind <= 0xd8)) at += 2; // stuffed, or without a length
    else if (kind === 0xd9) break;
    else {
      count += kind === 0xda;
      at += 2 + ((bytes[at + 2] << 8) | bytes[at + 3]);
    }
  }
  return count;
}

function frames(bytes) {
  if (text(bytes, 0, 8) === "\x89PNG\r\n\x1a\n") return pngFrames(bytes);
  if (text(bytes, 0, 4) === "GIF8") return gifFrames(bytes);
  if (text(bytes, 0, 4) === "RIFF" && text(bytes, 8, 4) === "WEBP") return webpFrames(bytes);
  return 1;
}

/* The animation's frames, and the picture itself where it is none of them. */
function pngFrames(bytes) {
  let [animated, pictureIsFrame] = [0, false];
  for (let at = 8; at + 12 <= bytes.length; at += 12 + bigEndian(bytes, at)) {
    const kind = text(bytes, at + 4, 4);
    if (kind === "acTL") animated = bigEndian(bytes, at + 8);
    if (kind === "fcTL") pictureIsFrame = true;
    if (kind === "IDAT") break;
  }
  return animated === 0 ? 1 : animated + (pictureIsFrame ? 0 : 1);
}

function webpFrames(bytes) {
  let count = 0;
  for (let at = 12; at + 8 <= bytes.length; at += 8 + 2 * Math.ceil(littleEndian(bytes, at + 4) / 2)) {
    count += text(bytes, at, 4) === "ANMF";
  }
  return count;
}

function gifFrames(bytes) {
  const table = (flags) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let count = 0;
  for (let at = 13 + table(bytes[10]); at < bytes.length && count < 2; ) {
    const kind = bytes[at];
    if (kind !== 0x21 && kind !== 0x2c) break; // neither an extension nor an image: the end
    count += kind === 0x2c;
    at += kind === 0x2c ? 11 + table(bytes[at + 9]) : 2;
    while (bytes[at] > 0) at += 1 + bytes[at]; // blocks, until an empty one
    at += 1;
  }
  return count;
}
