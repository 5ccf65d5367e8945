/* line_search.h - the best line of each kind across one normal. */
#ifndef FAULTS_LINE_SEARCH_H
#define FAULTS_LINE_SEARCH_H

#include "faults/fault_lines.h"

/* A line with no gain, and no place, is what a normal has where no wave crosses it. FRINGE_MEMORY is the only
 * failure. */
fringe_status glide_line_find(const struct line_profiles *profiles, int normal, struct fault_line *line,
                              fringe_error *error);

/* The profiles have the normal's mirrored waves (line_profiles_mirror). */
fringe_status twin_line_find(const struct line_profiles *profiles, int normal, struct fault_line *line,
                             fringe_error *error);

/* Of a line behind a place, from the window's centre. */
double fault_line_offset(const struct line_profile *profile, int place);

/* Puts a line behind a place. */
void fault_line_put(const struct line_profile *profile, int place, struct fault_line *line);

#endif
