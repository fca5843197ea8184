#pragma once

#include <concepts>
#include <type_traits>
#include <utility>
#include <variant>

#include "changes/message.h"

namespace pghaul::changes {

/// Is one of these kinds of messages: `[](const OneOf<Insert, Delete> auto& change) { … }` handles several.
template <typename Given, typename... Kinds>
concept OneOf = (std::same_as<std::remove_cvref_t<Given>, Kinds> || ...);

template <typename... Handlers>
struct Overloads : Handlers... {
  using Handlers::operator()...;
};

template <typename Handler, typename Variant>
inline constexpr bool kHandlesEach = false;
template <typename Handler, typename... Kinds>
inline constexpr bool kHandlesEach<Handler, std::variant<Kinds...>> =
    (std::is_invocable_v<Handler&, Kinds&> && ...);

/// Calls the handler of the message's kind. Each kind has one, those that are dropped, too: so another kind
/// does not compile before each visitor says what it does with it. A handler that takes anything would undo
/// that: it names its kinds.
template <typename GivenMessage, typename... Handlers>
requires std::same_as<std::remove_const_t<GivenMessage>, Message>
decltype(auto) visit(GivenMessage& message, Handlers&&... handlers) {
  using All = Overloads<std::remove_cvref_t<Handlers>...>;
  static_assert(kHandlesEach<All, Message>, "a kind of message has no handler");
  return std::visit(All{std::forward<Handlers>(handlers)...}, message);
}

}  // namespace pghaul::changes
