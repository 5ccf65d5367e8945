#include "fringe/version.h"

#define TEXT_OF(number)                   #number
#define VERSION_TEXT(major, minor, patch) TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(patch)

const char *fringe_version(void)
{
    return VERSION_TEXT(FRINGE_VERSION_MAJOR, FRINGE_VERSION_MINOR, FRINGE_VERSION_PATCH);
}
