// SHA-256 (FIPS 180-4) of bytes in memory, as 64 hexadecimal digits.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace rct {

class Sha256 {
 public:
  static std::string of(std::vector<uint8_t> bytes) {
    Sha256 hash;
    const uint64_t bits = uint64_t{bytes.size()} * 8;
    bytes.push_back(0x80);
    while (bytes.size() % 64 != 56) bytes.push_back(0);
    for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<uint8_t>(bits >> shift));
    for (size_t at = 0; at < bytes.size(); at += 64) hash.add(&bytes[at]);
    std::string text;
    for (uint32_t word : hash.state_)
      for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[word >> shift & 15];
    return text;
  }

 private:
  // The constants are the first 32 bits of the fractional parts of square and cube roots of the first primes.
  Sha256() {
    for (int candidate = 2, found = 0; found < 64; ++candidate) {
      bool prime = true;
      for (int d = 2; d * d <= candidate; ++d) prime = prime && candidate % d != 0;
      if (!prime) continue;
      if (found < 8) state_[found] = fraction(std::sqrt(static_cast<long double>(candidate)));
      round_[found++] = fraction(std::cbrt(static_cast<long double>(candidate)));
    }
  }

  static uint32_t fraction(long double x) { return static_cast<uint32_t>((x - std::floor(x)) * 4294967296.0L); }
  static uint32_t turn(uint32_t x, int by) { return x >> by | x << (32 - by); }

  void add(const uint8_t* block) {
    uint32_t w[64];
    for (int i = 0; i < 16; ++i)
      w[i] = uint32_t{block[4 * i]} << 24 | block[4 * i + 1] << 16 | block[4 * i + 2] << 8 | block[4 * i + 3];
    for (int i = 16; i < 64; ++i)
      w[i] = w[i - 16] + (turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 7] +
             (turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10);
    uint32_t s[8];
    for (int i = 0; i < 8; ++i) s[i] = state_[i];
    for (int i = 0; i < 64; ++i) {
      const uint32_t first = s[7] + (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) +
                             round_[i] + w[i];
      const uint32_t second =
          (turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
      for (int k = 7; k > 0; --k) s[k] = s[k - 1];
      s[4] += first;
      s[0] = first + second;
    }
    for (int i = 0; i < 8; ++i) state_[i] += s[i];
  }

  uint32_t state_[8], round_[64];
};

}  // namespace rct
