/* study_sections.h - what the page of a study says of all particles of one unit: size and shape, faults,
 * lattices, what hangs together with size. */
#ifndef REPORT_STUDY_SECTIONS_H
#define REPORT_STUDY_SECTIONS_H

#include <stdio.h>

#include "report/study_summary.h"

/* Faults and lattices only where particles were classified. What cannot be written shows in the stream. */
void study_sections_put(FILE *stream, const struct study_summary *summary, int classified);

#endif
