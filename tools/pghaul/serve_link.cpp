#include "serve_link.h"

#include <pghaul/pghaul.h>
#include <unistd.h>

#include <string>

#include "error_text.h"
#include "output.h"
#include "style.h"

namespace pghaul::command {

int serve_link() {
  constexpr int kLinkBroke = 4;
  pghaul_error* error = nullptr;
  if (pghaul_serve_link(STDIN_FILENO, STDOUT_FILENO, &error) == PGHAUL_OK) return 0;
  const std::string text =
      error_text(pghaul_error_message(error), pghaul_error_hint(error), style_of(STDERR_FILENO));
  pghaul_error_free(error);
  write_fully(STDERR_FILENO, text + "\n");
  return kLinkBroke;
}

}  // namespace pghaul::command
