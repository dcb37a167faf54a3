// What is refused before a decoder meets it: files of so many parts that they take long, and PNGs that move.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace rct {

constexpr int MAX_SCANS = 100;    // of a progressive JPEG, counted while it is decoded
constexpr int MAX_PARTS = 2'000;  // segments of a JPEG before its first scan, and chunks under 1,024 bytes of a PNG
constexpr uint32_t SMALL_CHUNK = 1'024;

// What there is too much of in front of a JPEG's first scan; empty where there is not.
inline std::string jpeg_excess(const std::vector<uint8_t>& jpeg) {
  size_t at = 0;
  for (int part = 0; part < MAX_PARTS; ++part) {
    if (at + 4 > jpeg.size() || (jpeg[at] == 0xFF && jpeg[at + 1] == 0xDA)) return "";
    const uint8_t kind = jpeg[at + 1];
    if (jpeg[at] != 0xFF || kind < 0xC0 || kind == 0xFF) {
      at += 1;  // a stray byte, or fill
    } else if (kind >= 0xD0 && kind <= 0xD9) {
      at += 2;
    } else {
      at += 2 + std::max(2, jpeg[at + 2] << 8 | jpeg[at + 3]);
    }
  }
  return "more than " + std::to_string(MAX_PARTS) + " segments";
}

// Calls `see(kind, length, first)` for each chunk of a PNG up to its end, until that returns false; `first`: its first
// four bytes as a number, 0 where it has none.
template <class See>
void each_chunk(const std::vector<uint8_t>& png, See see) {
  for (uint64_t at = 8; at + 12 <= png.size();) {
    const uint8_t* chunk = png.data() + at;
    const auto number = [](const uint8_t* b) { return uint32_t{b[0]} << 24 | b[1] << 16 | b[2] << 8 | b[3]; };
    const std::string kind(chunk + 4, chunk + 8);
    const uint32_t length = number(chunk);
    const bool four = length >= 4 && at + 16 <= png.size();
    if (kind == "IEND" || !see(kind, length, four ? number(chunk + 8) : 0)) return;
    at += 12 + uint64_t{length};
  }
}

// What there is too much of in a PNG; empty where there is not.
inline std::string png_excess(const std::vector<uint8_t>& png) {
  int small = 0, profiles = 0;
  each_chunk(png, [&](const std::string& kind, uint32_t length, uint32_t) {
    small += length < SMALL_CHUNK;
    profiles += kind == "iCCP";
    return small <= MAX_PARTS && profiles <= 1;
  });
  if (small > MAX_PARTS) return "more than " + std::to_string(MAX_PARTS) + " small chunks";
  return profiles > 1 ? "more than one colour profile" : "";
}

// Whether a PNG moves (APNG): libpng shows its first frame only, and the others would pass unseen. So it does with an
// animation control chunk in front of the pixels, unless that announces the one frame that the pixels are.
inline bool png_moves(const std::vector<uint8_t>& png) {
  uint32_t frames = 0;
  bool pixels_are_a_frame = false;
  each_chunk(png, [&](const std::string& kind, uint32_t length, uint32_t first) {
    if (kind == "acTL" && length >= 8) frames = first;
    if (kind == "fcTL") pixels_are_a_frame = true;
    return kind != "IDAT";
  });
  return frames > 1 || (frames == 1 && !pixels_are_a_frame);
}

}  // namespace rct
