#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "histories/history.hpp"

namespace kasauti::histories::formats {

/// Tells of an error in a header: the rule, the field that it concerns (empty: the header as a whole), what is wrong.
using HeaderProblem = std::function<void(std::string_view rule, std::string_view field, std::string message)>;

/// Reads a native header, `{"kasauti":1,"object":…}`, of which it is known that it is a JSON object nested no deeper
/// than deepest_nesting. False if there was a problem.
bool parse_header(std::string_view json, ValueTable& values, Header& header, const HeaderProblem& problem);

/// Appends a history's header as one line of JSON, without the line's end.
void append_header(std::string& out, const History& history);

}  // namespace kasauti::histories::formats
