/* Pixel sizes, units, channels and labels of TIFF files, as ImageJ, OME and microscopes write them. */
#include <tiffio.h>

#include "support/image_files.h"

TestSuite(calibration, .init = image_files_begin, .fini = image_files_end);

enum { SIDE = 4 };

/* What a file says beside its pixels. */
struct facts {
    const char *description;
    double pixels_per_unit;   /* 0: no resolution tags */
    double pixels_per_unit_y; /* 0: as for x */
    uint16_t resolution_unit; /* 0: none given */
    int pages;                /* 0: one */
    uint32_t private_tag;     /* 0: none */
    const char *private_text;
};

/* Every pixel of page p has the value p. */
static const char *put_file(const struct facts *facts)
{
    static const TIFFFieldInfo fields[] = {
        {34682, -1, -1, TIFF_ASCII, FIELD_CUSTOM, 1, 0, (char *)(uintptr_t) "Helios"},
        {34118, -1, -1, TIFF_ASCII, FIELD_CUSTOM, 1, 0, (char *)(uintptr_t) "Zeiss"}};
    const char *path = image_files_path("t.tif");
    TIFF *tiff = TIFFOpen(path, "w");
    for (int page = 0; page < (facts->pages ? facts->pages : 1); page++) {
        unsigned char pixels[SIDE * SIDE];
        memset(pixels, page, sizeof pixels);
        TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, SIDE);
        TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, SIDE);
        TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
        TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
        TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
        TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, SIDE);
        if (facts->description && page == 0) TIFFSetField(tiff, TIFFTAG_IMAGEDESCRIPTION, facts->description);
        double x = facts->pixels_per_unit, y = facts->pixels_per_unit_y ? facts->pixels_per_unit_y : x;
        if (x > 0) TIFFSetField(tiff, TIFFTAG_XRESOLUTION, x), TIFFSetField(tiff, TIFFTAG_YRESOLUTION, y);
        if (facts->resolution_unit) TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, facts->resolution_unit);
        if (facts->private_tag) {
            cr_assert_eq(TIFFMergeFieldInfo(tiff, fields, 2), 0);
            TIFFSetField(tiff, facts->private_tag, facts->private_text);
        }
        cr_assert_eq(TIFFWriteEncodedStrip(tiff, 0, pixels, sizeof pixels), (tmsize_t)sizeof pixels);
        cr_assert(TIFFWriteDirectory(tiff));
    }
    TIFFClose(tiff);
    return path;
}

static void expect_size(struct facts facts, double x, double y, const char *notice)
{
    fringe_micrograph *micrograph = image_files_open(put_file(&facts));
    const char *what = facts.description ? facts.description : "no description";
    cr_expect_float_eq(micrograph->info.nm_per_px_x, x, 1e-12 * x, "%s: %.17g", what,
                       micrograph->info.nm_per_px_x);
    cr_expect_float_eq(micrograph->info.nm_per_px_y, y, 1e-12 * y, "%s: %.17g", what,
                       micrograph->info.nm_per_px_y);
    if (notice)
        cr_expect(strstr(image_files_notices, notice) != NULL, "%s: '%s'", what, image_files_notices);
    else
        cr_expect_str_empty(image_files_notices, "%s: '%s'", what, image_files_notices);
    fringe_micrograph_free(micrograph);
}

Test(calibration, units_in_every_spelling)
{
    static const struct {
        const char *unit;
        double nm;
        const char *shown; /* NULL: as it is spelt */
    } units[] = {
        {"nm", 1, NULL},
        {"pm", 1e-3, NULL},
        {"A", 0.1, NULL},
        {"\xc3\x85", 0.1, NULL},
        {"\xe2\x84\xab", 0.1, NULL},
        {"A\xcc\x8a", 0.1, NULL},
        {"\xc5", 0.1, "\xc3\x85"},
        {"Angstrom", 0.1, NULL},
        {"angstroms", 0.1, NULL},
        {"um", 1e3, NULL},
        {"\xc2\xb5m", 1e3, NULL},
        {"\xce\xbcm", 1e3, NULL},
        {"\\u00B5m", 1e3, "\xc2\xb5m"},
        {"\xb5m", 1e3, "\xc2\xb5m"},
        {"micron", 1e3, NULL},
        {"microns", 1e3, NULL},
        {"Micrometer", 1e3, NULL},
        {"mm", 1e6, NULL},
        {"nanometers", 1, NULL},
        {" nm ", 1, "nm"},
    };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        char description[128];
        snprintf(description, sizeof description, "ImageJ=1.54g\nunit=%s\nmin=0\n", units[i].unit);
        struct facts facts = {description, 50, 40, RESUNIT_NONE, 0, 0, NULL};
        expect_size(facts, units[i].nm / 50, units[i].nm / 40, NULL);
        fringe_micrograph *micrograph = image_files_open(put_file(&facts));
        cr_expect_str_eq(micrograph->info.unit, units[i].shown ? units[i].shown : units[i].unit);
        fringe_micrograph_free(micrograph);
    }
}

Test(calibration, units_that_are_no_calibration)
{
    static const char *const none[] = {"pixel", "pixels", "Pixel", "", " "};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        char description[64];
        snprintf(description, sizeof description, "ImageJ=1.54g\nunit=%s\n", none[i]);
        expect_size((struct facts){description, 50, 0, RESUNIT_NONE, 0, 0, NULL}, 0, 0, NULL);
    }
    expect_size((struct facts){"ImageJ=1.54g\nunit=furlong\n", 50, 0, RESUNIT_NONE, 0, 0, NULL}, 0, 0,
                "calibration: ");
    expect_size((struct facts){"ImageJ=1.54g\nunit=Mm\n", 50, 0, RESUNIT_NONE, 0, 0, NULL}, 0, 0,
                "calibration: ");
    expect_size((struct facts){"ImageJ=1.54g\nunit=m\n", 50, 0, RESUNIT_NONE, 0, 0, NULL}, 0, 0,
                "calibration: ");
}

Test(calibration, print_resolutions_are_none)
{
    static const double dpi[] = {72, 96, 150, 300, 600, 1200, 2400, 4800};
    for (size_t i = 0; i < sizeof dpi / sizeof *dpi; i++) {
        expect_size((struct facts){NULL, dpi[i], 0, RESUNIT_INCH, 0, 0, NULL}, 0, 0, NULL);
        expect_size((struct facts){"ImageJ=1.54g\nunit=inch\n", dpi[i], 0, RESUNIT_INCH, 0, 0, NULL}, 0, 0,
                    NULL);
    }
    expect_size((struct facts){NULL, 28.35, 0, RESUNIT_CENTIMETER, 0, 0, NULL}, 0, 0, NULL);
    expect_size((struct facts){NULL, 50, 0, RESUNIT_NONE, 0, 0, NULL}, 0, 0, NULL);
}

Test(calibration, fine_resolution_tags_are_one)
{
    expect_size((struct facts){NULL, 5e6, 0, RESUNIT_CENTIMETER, 0, 0, NULL}, 2, 2, NULL);
    expect_size((struct facts){NULL, 25.4e6, 0, RESUNIT_INCH, 0, 0, NULL}, 1, 1, NULL);
}

Test(calibration, notes_of_microscopes)
{
    expect_size(
        (struct facts){.private_tag = 34682,
                       .private_text = "[User]\r\n[Scan]\r\nPixelWidth=2.5e-009\r\nPixelHeight=3e-009\r\n"},
        2.5, 3, NULL);
    expect_size((struct facts){.private_tag = 34118,
                               .private_text =
                                   "0\r\nAP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = 8.138 nm\r\nX = 1\r\n"},
                8.138, 8.138, NULL);
}

#define OME_TEXT(attributes)                                                                                 \
    "<?xml version=\"1.0\"?><OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\"><Image>"        \
    "<Pixels " attributes "/></Image></OME>"

Test(calibration, ome)
{
    static const struct {
        const char *unit;
        double nm;
    } units[] = {{"", 1e3}, /* the schema's default */
                 {" PhysicalSizeXUnit='nm' PhysicalSizeYUnit='nm'", 1},
                 {" PhysicalSizeXUnit='\xc2\xb5m' PhysicalSizeYUnit='\xc2\xb5m'", 1e3},
                 {" PhysicalSizeXUnit='pm' PhysicalSizeYUnit='pm'", 1e-3},
                 {" PhysicalSizeXUnit='&#197;' PhysicalSizeYUnit='\xc3\x85'", 0.1},
                 {" PhysicalSizeXUnit='mm' PhysicalSizeYUnit='mm'", 1e6}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 OME_TEXT("SizeC='1' SizeZ='1' SizeT='1' PhysicalSizeX='0.25' PhysicalSizeY='0.5'%s"),
                 units[i].unit);
        expect_size((struct facts){text, 300, 0, RESUNIT_INCH, 0, 0, NULL}, 0.25 * units[i].nm,
                    0.5 * units[i].nm, NULL);
    }
    expect_size((struct facts){"<?xml version='1.0'?><OME><Image>", 0, 0, 0, 0, 0, NULL}, 0, 0,
                "calibration: ");
    expect_size((struct facts){"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e '&#60;'>]><OME><Image><Pixels "
                               "PhysicalSizeX='1' PhysicalSizeY='1'/></Image></OME>",
                               0, 0, 0, 0, 0, NULL},
                0, 0, "entity");
}

/* The pages in which channel c of slices 0, 1, ... lie. */
static void expect_pages(struct facts facts, int32_t channels, int32_t slices, const char *order)
{
    fringe_micrograph *micrograph = image_files_open(put_file(&facts));
    cr_assert_eq(micrograph->info.channel_count, channels);
    cr_assert_eq(micrograph->info.slice_count, slices);
    for (int32_t slice = 0; slice < slices; slice++)
        for (int32_t channel = 0; channel < channels; channel++) {
            float *plane = image_files_plane(micrograph, slice, channel);
            cr_expect_eq(plane[5], (float)(order[slice * channels + channel] - 'a'),
                         "slice %d, channel %d: %g", slice, channel, plane[5]);
            free(plane);
        }
    fringe_micrograph_free(micrograph);
}

Test(calibration, channels_of_imagej_are_fastest)
{
    expect_pages(
        (struct facts){.description =
                           "ImageJ=1.54g\nimages=12\nchannels=2\nslices=3\nframes=2\nhyperstack=true\n",
                       .pages = 12},
        2, 6, "abcdefghijkl");
    expect_pages((struct facts){.description = "ImageJ=1.54g\nimages=3\nslices=3\n", .pages = 3}, 1, 3,
                 "abc");
    /* Counts that do not fit the pages. */
    expect_pages((struct facts){.description = "ImageJ=1.54g\nimages=3\nchannels=2\n", .pages = 3}, 1, 3,
                 "abc");
    cr_expect(strstr(image_files_notices, "channels=2") != NULL, "%s", image_files_notices);
}

Test(calibration, channels_of_ome_stand_where_its_order_says)
{
    expect_pages(
        (struct facts){.description = OME_TEXT("DimensionOrder='XYCZT' SizeC='2' SizeZ='3' SizeT='1'"),
                       .pages = 6},
        2, 3, "abcdef");
    expect_pages(
        (struct facts){.description = OME_TEXT("DimensionOrder='XYZCT' SizeC='2' SizeZ='3' SizeT='1'"),
                       .pages = 6},
        2, 3, "adbecf");
    expect_pages(
        (struct facts){.description = OME_TEXT("DimensionOrder='XYZTC' SizeC='2' SizeZ='1' SizeT='3'"),
                       .pages = 6},
        2, 3, "adbecf");
    expect_pages(
        (struct facts){.description = OME_TEXT("DimensionOrder='XYCZT' SizeC='5' SizeZ='3' SizeT='1'"),
                       .pages = 6},
        1, 6, "abcdef");
    cr_expect(strstr(image_files_notices, "5 channels") != NULL, "%s", image_files_notices);
}

/* ImageJ's large stacks: one directory in front, all planes behind it without gaps. */
Test(calibration, planes_behind_one_directory)
{
    static const char text[] = "ImageJ=1.54g\nimages=5\nslices=5\n";
    enum { ENTRIES = 10, TEXT_AT = 8 + 2 + ENTRIES * 12 + 4, PIXELS_AT = TEXT_AT + sizeof text };
    for (int missing = 0; missing < 2; missing++) {
        const char *path = image_files_path("t.tif");
        FILE *stream = fopen(path, "wb");
        uint32_t entries[ENTRIES][3] = {{256 | 4 << 16, 1, SIDE},      {257 | 4 << 16, 1, SIDE},
                                        {258 | 3 << 16, 1, 16},        {259 | 3 << 16, 1, 1},
                                        {262 | 3 << 16, 1, 1},         {270 | 2 << 16, sizeof text, TEXT_AT},
                                        {273 | 4 << 16, 1, PIXELS_AT}, {277 | 3 << 16, 1, 1},
                                        {278 | 4 << 16, 1, SIDE},      {279 | 4 << 16, 1, SIDE * SIDE * 2}};
        uint16_t count = ENTRIES, plane[SIDE * SIDE];
        uint32_t next = 0;
        fwrite("II*\0\x08\0\0\0", 1, 8, stream);
        fwrite(&count, 2, 1, stream);
        fwrite(entries, 12, ENTRIES, stream);
        fwrite(&next, 4, 1, stream);
        fwrite(text, 1, sizeof text, stream);
        for (uint16_t page = 0; page < 5; page++) {
            for (int i = 0; i < SIDE * SIDE; i++) plane[i] = (uint16_t)(1000 * page + i);
            fwrite(plane, 1, sizeof plane - (size_t)(missing && page == 4), stream);
        }
        fclose(stream);
        if (missing) {
            image_files_refused(path, FRINGE_FORMAT,
                                "5 images of 32 bytes are described, 159 bytes are there");
            continue;
        }
        fringe_micrograph *micrograph = image_files_open(path);
        cr_assert_eq(micrograph->info.slice_count, 5);
        for (int32_t slice = 4; slice >= 0; slice--) {
            float *read = image_files_plane(micrograph, slice, 0);
            for (int i = 0; i < SIDE * SIDE; i++) cr_expect_eq(read[i], (float)(1000 * slice + i));
            free(read);
        }
        fringe_micrograph_free(micrograph);
    }
}
