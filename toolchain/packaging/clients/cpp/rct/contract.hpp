// contract.txt: what the client needs of manifest.json and golden.json, a line each, so that no JSON reader is needed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <locale>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "picture.hpp"

namespace rct {

struct Category {
  std::string name;
  double review = 0, block = 0;
};

struct File {
  std::string path;
  uint64_t bytes = 0;
  std::string sha256;
};

struct GoldenPicture {
  std::string file, decoded, resized;
  std::vector<double> scores, bundle_scores;  // the original's; the bundle's own, if it has any
};

struct Contract {
  std::string format, model;  // the model's path in the package
  std::string input, output;  // names of the tensors
  bool any_size = false;      // the model resizes and crops itself
  Rule rule;
  std::vector<Category> categories;  // in the order of the scores
  std::vector<File> files;
  int decoded_tolerance = 0, resized_tolerance = 0;
  double bundle_score_tolerance = 0, resized_score_tolerance = 0, file_score_tolerance = 0;
  std::vector<GoldenPicture> golden;
};

inline std::vector<uint8_t> read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary | std::ios::ate);
  const std::streamoff size = std::filesystem::is_regular_file(path) ? std::streamoff(stream.tellg()) : -1;
  std::vector<uint8_t> bytes(size < 0 ? 0 : static_cast<size_t>(size));
  if (size < 0 || !stream.seekg(0).read(reinterpret_cast<char*>(bytes.data()), size))
    throw std::runtime_error(path + ": no such file, or it cannot be read.");
  return bytes;
}

// Throws std::runtime_error: no such file, another version, or a line that is not one of these.
inline Contract read_contract(const std::string& path) {
  const std::vector<uint8_t> bytes = read_file(path);
  std::istringstream lines(std::string(bytes.begin(), bytes.end()));
  std::string line, version;
  std::getline(lines, version);
  if (version != "rct.contract/1") throw std::runtime_error(path + ": unknown version (got " + version.substr(0, 40) + ").");
  Contract contract;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    words.imbue(std::locale::classic());
    std::string key;
    words >> key;
    if (key == "model") {
      words >> contract.format >> contract.model >> contract.input >> contract.output >> contract.any_size;
    } else if (key == "resize") {
      Rule& rule = contract.rule;
      words >> rule.resize_width >> rule.resize_height >> rule.filter >> rule.fit;
      if (rule.fit != "stretch" && rule.fit != "cover" && rule.fit != "contain")
        throw std::runtime_error(path + ": unknown fit (got " + rule.fit + ").");
      taps(2, 1, rule.filter);  // refuses what it does not know
    } else if (key == "crop") {
      words >> contract.rule.width >> contract.rule.height;
    } else if (key == "exif_rotation") {
      words >> contract.rule.exif_rotation;
    } else if (key == "background") {
      int red, green, blue;
      if (words >> red >> green >> blue) contract.rule.background = {uint8_t(red), uint8_t(green), uint8_t(blue)};
    } else if (key == "category") {
      Category& category = contract.categories.emplace_back();
      words >> category.name >> category.review >> category.block;
    } else if (key == "file") {
      File& file = contract.files.emplace_back();
      words >> file.bytes >> file.sha256 >> std::ws;
      std::getline(words, file.path);
    } else if (key == "tolerance") {
      words >> contract.decoded_tolerance >> contract.resized_tolerance >> contract.resized_score_tolerance >>
          contract.file_score_tolerance;
    } else if (key == "bundle_tolerance") {
      words >> contract.bundle_score_tolerance;
    } else if (key == "bundle_scores" && !contract.golden.empty()) {
      std::vector<double>& scores = contract.golden.back().bundle_scores;
      scores.resize(contract.categories.size());
      for (double& score : scores) words >> score;
    } else if (key == "golden") {
      GoldenPicture& picture = contract.golden.emplace_back();
      words >> picture.file >> picture.decoded >> picture.resized;
      picture.scores.resize(contract.categories.size());
      for (double& score : picture.scores) words >> score;
    } else {
      throw std::runtime_error(path + ": unknown line (got " + key.substr(0, 40) + ").");
    }
    if (words.fail()) throw std::runtime_error(path + ": a damaged line (got " + line.substr(0, 60) + ").");
  }
  if (contract.categories.empty() || contract.rule.width < 1 || contract.rule.height < 1 ||
      contract.rule.width > contract.rule.resize_width || contract.rule.height > contract.rule.resize_height)
    throw std::runtime_error(path + ": incomplete.");
  return contract;
}

}  // namespace rct
