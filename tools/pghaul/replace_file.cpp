#include "replace_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "output.h"

namespace pghaul::command {

int replace_file(const std::string& path, std::string_view contents, mode_t mode) {
  std::string unfinished = path + ".XXXXXX";
  const int descriptor = mkstemp(unfinished.data());
  if (descriptor < 0) return errno;
  const bool written =
      write_fully(descriptor, contents) && fchmod(descriptor, mode) == 0 && fsync(descriptor) == 0;
  int error = written ? 0 : errno;
  if (close(descriptor) != 0 && error == 0) error = errno;
  if (error == 0 && std::rename(unfinished.c_str(), path.c_str()) == 0) return 0;
  if (error == 0) error = errno;
  unlink(unfinished.c_str());
  return error;
}

}  // namespace pghaul::command
