#pragma once

#include <string>

#include "failure.h"
#include "host_messages.h"

namespace pghaul::platform {

/// Does on this machine what a Host is asked for: the request's name, and what it concerns.
///
/// | request             | does                                                              |
/// |---------------------|-------------------------------------------------------------------|
/// | run USER ARGV…      | run_program(), as that user's number, or empty                    |
/// | read PATH           | PointedFile::read()                                               |
/// | check PATH          | PointedFile::check()                                              |
/// | secrecy PATH        | PointedFile::check_secrecy()                                      |
/// | replace PATH TEXT   | PointedFile::replace()                                            |
/// | program PATH        | refuses what is no program                                        |
/// | exists PATH         | gives "yes" or "no"                                               |
/// | same PATH PATH      | gives "yes" where both are one file                               |
/// | make PATH           | makes an empty file                                               |
/// | remove PATH         | removes a file, if it is there                                    |
/// | user NUMBER         | gives a user's name                                               |
[[nodiscard]] Result<std::string> answer(const HostMessage& request);

}  // namespace pghaul::platform
