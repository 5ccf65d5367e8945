/* imagej_text.h - the description that ImageJ keeps in its TIFF files: "ImageJ=1.54g\nimages=3\nunit=nm\n".
 */
#ifndef IO_IMAGEJ_TEXT_H
#define IO_IMAGEJ_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* The line that marks a file as written by Fringe. */
#define IMAGEJ_TEXT_MARK "fringe="

/* How much higher signed 16-bit pixels lie in the unsigned ones that ImageJ keeps them in. */
#define IMAGEJ_TEXT_HIGHER 32768

/* What a description says; counts are 1 and numbers 0 where it is silent. */
struct imagej_text {
    int64_t images, channels, slices, frames;
    char unit[32], y_unit[32]; /* "" where not given; y_unit only where it differs */
    double spacing;            /* distance of slices in `unit` */
    double frame_interval_s;   /* 0 where it is given in another unit than seconds */
    int has_display;           /* 1 where both min= and max= are given */
    double display_min, display_max;
    int lies_higher; /* 1 where 16-bit pixels stand for IMAGEJ_TEXT_HIGHER less */
    int own_output;  /* 1 where Fringe wrote it */
};

/* Reads a description of `length` bytes. 0 where it is not ImageJ's, with *text at its defaults; lines that
 * are unknown or malformed are passed over, counts below 1 among them. Any thread. */
int imagej_text_parse(const char *description, size_t length, struct imagej_text *text);

#endif
