/* palette.h - colours for class maps and label images. */
#ifndef IO_PALETTE_H
#define IO_PALETTE_H

#define PALETTE_COUNT 256

/* Fills in red, green, blue for each class: 0 is black, and each further colour is the one that differs most
 * from all before it, so that neighbours in number are easily told apart. The same colours always. */
void palette_classes(unsigned char colours[PALETTE_COUNT][3]);

#endif
