// SHA-256 (FIPS 180-4) as 64 hexadecimal digits; a processor's own instructions for it where it has them.
//
//     rct::Sha256 hash;
//     hash.add(bytes, size);  // as often as there is something
//     hash.text();            // once
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "sha256_x86.hpp"

namespace rct {

class Sha256 {
 public:
  // With `portable` in plain C++ on every processor.
  explicit Sha256(bool portable = false) : rounds_(!portable && sha256_x86::usable() ? sha256_x86::add : add_portable) {
    std::copy_n(constants().state, 8, state_);
  }

  void add(const uint8_t* bytes, size_t size) {
    if (size == 0) return;
    total_ += size;
    if (held_ > 0) {
      const size_t taken = std::min(size, sizeof block_ - held_);
      std::memcpy(block_ + held_, bytes, taken);
      held_ += taken;
      bytes += taken;
      size -= taken;
      if (held_ < sizeof block_) return;
      rounds_(state_, constants().round, block_, 1);
    }
    rounds_(state_, constants().round, bytes, size / sizeof block_);
    held_ = size % sizeof block_;
    std::copy_n(bytes + size - held_, held_, block_);
  }

  std::string text() {
    const uint64_t bits = total_ * 8;
    uint8_t end[72] = {0x80};
    const size_t zeros = (119 - held_) % 64;  // and the first byte: up to 56 of a block's 64
    for (int i = 0; i < 8; ++i) end[1 + zeros + i] = static_cast<uint8_t>(bits >> (56 - 8 * i));
    add(end, 9 + zeros);
    std::string text;
    for (uint32_t word : state_)
      for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[word >> shift & 15];
    return text;
  }

 private:
  // The first 32 bits of the fractional parts of square and cube roots of the first primes.
  struct Constants {
    Constants() {
      for (int candidate = 2, found = 0; found < 64; ++candidate) {
        bool prime = true;
        for (int d = 2; d * d <= candidate; ++d) prime = prime && candidate % d != 0;
        if (!prime) continue;
        if (found < 8) state[found] = fraction(std::sqrt(static_cast<long double>(candidate)));
        round[found++] = fraction(std::cbrt(static_cast<long double>(candidate)));
      }
    }
    uint32_t state[8], round[64];
  };

  static const Constants& constants() {
    static const Constants found;
    return found;
  }

  static uint32_t fraction(long double x) { return static_cast<uint32_t>((x - std::floor(x)) * 4294967296.0L); }
  static uint32_t turn(uint32_t x, int by) { return x >> by | x << (32 - by); }

  static void add_portable(uint32_t* state, const uint32_t* round, const uint8_t* bytes, size_t blocks) {
    for (; blocks > 0; --blocks, bytes += 64) {
      uint32_t w[64];
      for (int i = 0; i < 16; ++i)
        w[i] = uint32_t{bytes[4 * i]} << 24 | bytes[4 * i + 1] << 16 | bytes[4 * i + 2] << 8 | bytes[4 * i + 3];
      for (int i = 16; i < 64; ++i)
        w[i] = w[i - 16] + (turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 7] +
               (turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10);
      uint32_t s[8];
      std::copy_n(state, 8, s);
      for (int i = 0; i < 64; ++i) {
        const uint32_t first = s[7] + (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) +
                               ((s[4] & s[5]) ^ (~s[4] & s[6])) + round[i] + w[i];
        const uint32_t second =
            (turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        for (int k = 7; k > 0; --k) s[k] = s[k - 1];
        s[4] += first;
        s[0] = first + second;
      }
      for (int i = 0; i < 8; ++i) state[i] += s[i];
    }
  }

  void (*rounds_)(uint32_t*, const uint32_t*, const uint8_t*, size_t);
  uint32_t state_[8];
  uint8_t block_[64];
  size_t held_ = 0;  // bytes that wait in block_
  uint64_t total_ = 0;
};

}  // namespace rct
