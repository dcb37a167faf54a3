// EXIF's orientation: finding it, and turning a picture by it.
#pragma once

#include <cstring>

#include "picture.hpp"

namespace rct {

// The EXIF orientation of a TIFF block, 1 (upright) if it is not there or the block is broken.
inline int orientation_in(const uint8_t* block, size_t size) {
  if (size < 8 || (std::memcmp(block, "II*\0", 4) != 0 && std::memcmp(block, "MM\0*", 4) != 0)) return 1;
  const bool little = block[0] == 'I';
  auto number = [&](size_t at, int bytes) {
    uint32_t value = 0;
    for (int i = 0; i < bytes; ++i) value |= uint32_t{block[at + i]} << 8 * (little ? i : bytes - 1 - i);
    return value;
  };
  const size_t start = number(4, 4);
  if (start > size - 2) return 1;
  const size_t entries = number(start, 2);
  for (size_t at = start + 2, i = 0; i < entries && at + 12 <= size; ++i, at += 12)
    if (number(at, 2) == 0x0112) return static_cast<int>(number(at + 8, number(at + 2, 2) == 4 ? 4 : 2));
  return 1;
}

// The picture as it is to be seen; 1 and what EXIF does not know leave it as it is.
inline Picture upright(Picture in, int orientation) {
  if (orientation < 2 || orientation > 8) return in;
  const bool swapped = orientation > 4;
  Picture out(swapped ? in.height : in.width, swapped ? in.width : in.height);
  const bool right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  for (int y = 0; y < out.height; ++y)
    for (int x = 0; x < out.width; ++x) {
      const int across = swapped ? y : x, down = swapped ? x : y;
      std::copy_n(in.at(right ? in.width - 1 - across : across, bottom ? in.height - 1 - down : down), 3, out.at(x, y));
    }
  return out;
}

}  // namespace rct
