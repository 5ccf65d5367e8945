/* imagej_notes.h - ImageJ's private TIFF tags 50838 and 50839: slice labels and display ranges.
 *
 * Tag 50838 holds byte counts: that of the header, then one for each item. Tag 50839 holds the bytes: a
 * header (the word "IJIJ", then kind and number of items, kind by kind) and the items; labels are UTF-16.
 * Numbers are in the file's byte order.
 */
#ifndef IO_IMAGEJ_NOTES_H
#define IO_IMAGEJ_NOTES_H

#include <stddef.h>
#include <stdint.h>

#define IMAGEJ_NOTES_COUNTS_TAG 50838
#define IMAGEJ_NOTES_BYTES_TAG  50839

/* The words at the beginning of the header and before the number of labels, as 32-bit numbers. */
#define IMAGEJ_NOTES_WORD_IJIJ 0x494a494a
#define IMAGEJ_NOTES_WORD_LABL 0x6c61626c

#define IMAGEJ_NOTES_LABEL_BYTES 1024

/* Hears of each label: `index` counts pages from 0, `text` is UTF-8 of `length` bytes. 0 ends the reading. */
typedef int imagej_notes_label(void *user, size_t index, const char *text, size_t length);

/* Reads the two tags' content. Anything odd (counts that do not fit, an unknown kind) ends the reading
 * without harm: these notes are an extra. Labels are cut at IMAGEJ_NOTES_LABEL_BYTES. Any thread. */
void imagej_notes_read(const uint32_t *counts, size_t count_count, const unsigned char *bytes, size_t size,
                       int big_endian, imagej_notes_label *label, void *user);

/* Turns a label of UTF-8 into UTF-16 of this machine's byte order, as much as IMAGEJ_NOTES_LABEL_BYTES of it;
 * returns the bytes written. Bytes that are no UTF-8 become U+FFFD. Any thread. */
size_t imagej_notes_encode(const char *label, unsigned char text[2 * IMAGEJ_NOTES_LABEL_BYTES]);

#endif
