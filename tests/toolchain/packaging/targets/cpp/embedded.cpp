// embedded FOLDER THREADS: a program of somebody's that links rct; the self-test with so many threads, and a line
// "N threads" with how many the process has then.

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>

#include "rct/classifier.hpp"
#include "rct/selftest.hpp"

int main(int, char** arguments) {
  try {
    rct::Classifier classifier = rct::Classifier::load(arguments[1], std::atoi(arguments[2]));
    const bool passed = rct::selftest(classifier, arguments[1]);
    const std::filesystem::directory_iterator threads("/proc/self/task"), end;
    std::printf("%ld threads\n", static_cast<long>(std::distance(threads, end)));
    return passed ? 0 : 1;
  } catch (const std::exception& error) {
    std::printf("%s\n", error.what());
    return 2;
  }
}
