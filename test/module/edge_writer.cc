// Writes an edge store without an engine, so that the module can be tested alone. One line of
// standard input is one record; a dash stands for an empty field.
//
//   trigger REF on|off TOKEN ACCOUNT ORG PROJECT PIPELINE TRIGGER
//   key UUID SECRET pat|sat ACCOUNT IDENTIFIER FROM_MS EXPIRES_MS PERMISSIONS ORG PROJECT
//   scope on|off ACCOUNT ORG PROJECT
//   schema NUMBER
#include "test/module/edge_store_writer.h"

#include <iostream>
#include <sstream>

namespace tripgate {
namespace {

std::vector<std::string> split(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> fields;
  for (std::string field; in >> field;) fields.push_back(field == "-" ? "" : field);
  return fields;
}

}  // namespace
}  // namespace tripgate

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: edge_writer STORE <records\n";
    return 2;
  }
  tripgate::EdgeWriter writer(argv[1]);
  for (std::string line; std::getline(std::cin, line);) writer.add(tripgate::split(line));
  writer.finish();
  return 0;
}
