// One stage of the C++ client at a time, for the tests:
//     probe resize IN.ppm OUT.ppm FILTER FIT RESIZE_WIDTH RESIZE_HEIGHT WIDTH HEIGHT RED GREEN BLUE
//     probe decode IN OUT.ppm EXIF_ROTATION RED GREEN BLUE
//     probe sha256 FILE PIECE PORTABLE
//     probe verdict SCORE REVIEW BLOCK

#include <cstdio>
#include <string>

#include "rct/selftest.hpp"

namespace {

rct::Colour colour(char** words) {
  return {uint8_t(std::stoi(words[0])), uint8_t(std::stoi(words[1])), uint8_t(std::stoi(words[2]))};
}

int write(const rct::Picture& picture, const char* path) {
  std::FILE* file = std::fopen(path, "wb");
  std::fprintf(file, "P6\n%d %d\n255\n", picture.width, picture.height);
  std::fwrite(picture.pixels.data(), 1, picture.pixels.size(), file);
  return std::fclose(file);
}

int digest(const std::vector<uint8_t>& bytes, size_t piece, bool portable) {
  rct::Sha256 hash(portable);
  for (size_t at = 0; at < bytes.size(); at += piece) hash.add(&bytes[at], std::min(piece, bytes.size() - at));
  return std::puts(hash.text().c_str()) < 0;
}

}  // namespace

int main(int, char** words) {
  const std::string what = words[1];
  rct::Rule rule;
  try {
    if (what == "resize") {
      rule.filter = words[4];
      rule.fit = words[5];
      rule.resize_width = std::stoi(words[6]);
      rule.resize_height = std::stoi(words[7]);
      rule.width = std::stoi(words[8]);
      rule.height = std::stoi(words[9]);
      rule.background = colour(words + 10);
      return write(rct::resize(rct::read_ppm(words[2]), rule), words[3]);
    }
    if (what == "decode") {
      rule.exif_rotation = std::stoi(words[4]) != 0;
      rule.background = colour(words + 5);
      return write(rct::decode(rct::read_file(words[2]), rule), words[3]);
    }
    if (what == "sha256") return digest(rct::read_file(words[2]), std::stoul(words[3]), std::stoi(words[4]) != 0);
    const rct::Category limits{"", std::stod(words[3]), std::stod(words[4])};
    return std::puts(rct::name_of(rct::verdict_of(std::stof(words[2]), limits))) < 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
