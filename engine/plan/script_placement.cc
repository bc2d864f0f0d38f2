// Scan, then write: every block is replaced by the reference that its place needs.
#include "engine/plan/script_placement.h"

#include "engine/plan/bash_scanner.h"
#include "engine/plan/bash_word.h"
#include "engine/plan/shell_dialect.h"

namespace tripgate::plan {
namespace {

std::string reference_text(BlockPlaces::Kind kind, const std::string& variable) {
  std::string expansion = "${" + variable + "}";
  switch (kind) {
    case BlockPlaces::Kind::bare:
      return '"' + expansion + '"';
    case BlockPlaces::Kind::in_double:
      return expansion;
    case BlockPlaces::Kind::in_single:
      return "'\"" + expansion + "\"'";
    case BlockPlaces::Kind::in_ansi:
      return "'\"" + expansion + "\"$'";
    case BlockPlaces::Kind::dropped:
    case BlockPlaces::Kind::refused:
    case BlockPlaces::Kind::unseen:
      break;
  }
  return {};
}

CompiledScript rewrite(std::string_view script, const BlockPlaces& places) {
  CompiledScript compiled;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < places.blocks().size(); ++i) {
    const ExpressionBlock& block = places.blocks()[i];
    compiled.text += script.substr(copied, block.offset - copied);
    copied = block.end();
    if (places.kind(i) == BlockPlaces::Kind::dropped) continue;
    const std::string variable =
        std::string(kReferencePrefix) + std::to_string(compiled.references.size() + 1);
    compiled.text += reference_text(places.kind(i), variable);
    compiled.references.push_back({variable, block.text});
  }
  compiled.text += script.substr(copied);
  return compiled;
}

Placement place_for(std::string_view script, const std::vector<ExpressionBlock>& blocks,
                    ShellDialect dialect) {
  Placement placement;
  placement.script.text = script;
  if (blocks.empty()) return placement;
  BlockPlaces places(blocks);
  const std::size_t reserved = script.find(kReferencePrefix);
  if (reserved != std::string_view::npos) {
    places.refuse_at(reserved, "names that begin with _tripgate_ are reserved");
  }
  const std::size_t nul = script.find('\0');
  if (nul != std::string_view::npos) places.refuse_at(nul, "a script cannot hold a NUL byte");
  BashScanner(script, dialect, places).scan();
  placement.refusals = places.sorted_refusals();
  placement.warnings = places.sorted_warnings();
  for (std::size_t i = 0; placement.refusals.empty() && i < blocks.size(); ++i) {
    if (places.kind(i) == BlockPlaces::Kind::unseen) {
      placement.refusals.push_back({blocks[i].offset, "cannot tell how bash reads this place"});
    }
  }
  if (placement.refusals.empty()) placement.script = rewrite(script, places);
  return placement;
}

}  // namespace

Placement place_blocks(std::string_view script, const std::vector<ExpressionBlock>& blocks) {
  return place_for(script, blocks, ShellDialect::bash);
}

Placement compile_script_for(std::string_view script, ShellDialect dialect) {
  return place_for(script, find_blocks(script), dialect);
}

Placement compile_script(std::string_view script) {
  return place_blocks(script, find_blocks(script));
}

}  // namespace tripgate::plan
