// rct_classify FOLDER selftest            every stage against golden/; exit code 1 if one differs
// rct_classify FOLDER PICTURE...          a line each: file, verdict, then category=score:verdict; exit code 2 if one
//                                         could not be read

#include <cstdio>
#include <exception>
#include <string>

#include "rct/classifier.hpp"
#include "rct/selftest.hpp"

namespace {

int complain(const std::string& problem) {
  std::fprintf(stderr, "rct_classify: %s\n", problem.substr(0, problem.find('\n')).c_str());
  return 2;
}

int classify(rct::Classifier& classifier, const char* path) {
  try {
    const rct::Result result = classifier.classify(rct::read_file(path));
    std::printf("%s\t%s", path, rct::name_of(result.verdict));
    for (const rct::CategoryResult& one : result.categories)
      std::printf("\t%s=%.6f:%s", one.name.c_str(), one.score, rct::name_of(one.verdict));
    std::printf("\n");
    std::fflush(stdout);
    return 0;
  } catch (const std::bad_alloc&) {
    return complain(std::string(path) + ": too large for the memory that is free.");
  } catch (const std::exception& error) {
    return complain(std::string(path) + ": " + error.what());
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) return complain("give the package's folder, then \"selftest\" or pictures.");
  const std::string folder = arguments[1];
  try {
    rct::Classifier classifier = rct::Classifier::load(folder);
    if (std::string(arguments[2]) == "selftest") return rct::selftest(classifier, folder) ? 0 : 1;
    int worst = 0;
    for (int i = 2; i < count; ++i) worst = std::max(worst, classify(classifier, arguments[i]));
    return worst;
  } catch (const std::exception& error) {
    return complain(error.what());
  }
}
