// A Result is a value only where it was asked whether it is one. Expected: conversion from
#include "transport/compression.h"

int level() {
#ifdef WRONG
  const pghaul::transport::Compression parsed = pghaul::transport::Compression::parse("3");
  return *parsed.level;
#else
  const pghaul::Result<pghaul::transport::Compression> parsed = pghaul::transport::Compression::parse("3");
  return parsed ? *parsed->level : 0;
#endif
}
