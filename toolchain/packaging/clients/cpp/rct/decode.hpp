// Encoded JPEG or PNG in, upright and opaque RGB out, with libjpeg-turbo and libpng.
#pragma once

#include <cstdint>
#include <vector>

#include "picture.hpp"

namespace rct {

constexpr int64_t MAX_PIXELS = 100'000'000;
constexpr int MAX_SIDE = 65'535;

// Whether the first bytes are those of a JPEG or PNG.
bool can_decode(const std::vector<uint8_t>& encoded);

// Steps 1 and 2 of the bundle format. Throws std::runtime_error with one line: not a picture, damaged, or too large.
// CMYK becomes RGB; 16 bits become 8 by their high byte; colour profiles are not applied.
Picture decode(const std::vector<uint8_t>& encoded, const Rule& rule);

}  // namespace rct
