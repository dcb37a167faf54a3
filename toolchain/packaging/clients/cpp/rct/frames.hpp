// Whether a PNG moves (APNG): libpng shows its first frame only, and the others would pass unseen.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

namespace rct {

// True for an animation control chunk in front of the pixels, unless it announces the one frame that the pixels are.
inline bool png_moves(const std::vector<uint8_t>& encoded) {
  uint32_t frames = 0;
  bool pixels_are_a_frame = false;
  for (uint64_t at = 8; at + 12 <= encoded.size();) {
    const uint8_t* chunk = encoded.data() + at;
    const auto number = [](const uint8_t* b) { return uint32_t{b[0]} << 24 | b[1] << 16 | b[2] << 8 | b[3]; };
    const auto is = [&](const char* name) { return std::memcmp(chunk + 4, name, 4) == 0; };
    const uint64_t length = number(chunk);
    if (is("IDAT")) break;
    if (is("acTL") && length >= 8 && at + 16 <= encoded.size()) frames = number(chunk + 8);
    if (is("fcTL")) pixels_are_a_frame = true;
    at += 12 + length;
  }
  return frames > 1 || (frames == 1 && !pixels_are_a_frame);
}

}  // namespace rct
