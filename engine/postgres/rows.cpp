#include "postgres/rows.h"

#include <cassert>
#include <charconv>
#include <cstdlib>

namespace pghaul::postgres {
namespace {

template <typename Number>
Number parse(std::string_view text) noexcept {
  Number number{};
  [[maybe_unused]] const auto [end, problem] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  assert(text.empty() || (problem == std::errc{} && end == text.data() + text.size()));
  return number;
}

}  // namespace

bool Rows::is_null(int row, int column) const noexcept {
  return PQgetisnull(result_.get(), row, column) == 1;
}

std::string_view Rows::text(int row, int column) const noexcept {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t Rows::integer(int row, int column) const noexcept {
  return parse<std::int64_t>(text(row, column));
}

std::uint32_t Rows::oid(int row, int column) const noexcept {
  return parse<std::uint32_t>(text(row, column));
}

double Rows::real(int row, int column) const noexcept {
  return parse<double>(text(row, column));
}

bool Rows::boolean(int row, int column) const noexcept {
  return text(row, column) == "t";
}

std::vector<std::uint32_t> Rows::oids(int row, int column) const {
  std::vector<std::uint32_t> numbers;
  std::string_view list = text(row, column);
  assert(list.empty() || (list.front() == '{' && list.back() == '}'));
  if (list.size() <= 2) return numbers;
  list = list.substr(1, list.size() - 2);
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    numbers.push_back(parse<std::uint32_t>(list.substr(0, comma)));
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
  }
  return numbers;
}

std::int64_t Rows::affected() const noexcept {
  const std::string_view count = PQcmdTuples(result_.get());
  return parse<std::int64_t>(count);
}

}  // namespace pghaul::postgres
