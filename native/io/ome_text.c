#include "io/ome_text.h"

#include <expat.h>
#include <math.h>
#include <string.h>

#include "base/failure.h"
#include "base/number.h"
#include "io/length_unit.h"

struct ome_parser {
    XML_Parser xml;
    struct ome_text *text;
    int found;  /* 1 once <Pixels> was read: nothing behind it is */
    int entity; /* 1 where the text declares an entity */
};

int ome_text_is(const char *description, size_t length)
{
    static const char *const starts[] = {"<?xml", "<OME", "\xef\xbb\xbf<?xml"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        size_t bytes = strlen(starts[i]);
        if (length < bytes || memcmp(description, starts[i], bytes) != 0) continue;
        /* Other programs keep XML of their own there. */
        for (size_t at = 0; at + 4 <= length && at < 4096; at++)
            if (!memcmp(description + at, "<OME", 4)) return 1;
    }
    return 0;
}

static void take_count(const char *value, int64_t *count)
{
    int64_t read;
    if (number_parse_integer(value, &read) && read >= 1 && read <= INT32_MAX) *count = read;
}

static void take_length(const char *value, double *length)
{
    double read;
    if (number_parse_all(value, &read) && isfinite(read)) *length = read;
}

/* The first <Pixels> is the first image, which is the one in this file; the parser stops there, so that
 * whatever follows costs nothing. */
static void XMLCALL on_element(void *user, const XML_Char *element, const XML_Char **attributes)
{
    struct ome_parser *parser = user;
    struct ome_text *text = parser->text;
    const char *colon = strrchr(element, ':'); /* a namespace's prefix does not matter */
    if (parser->found || strcmp(colon ? colon + 1 : element, "Pixels") != 0) return;
    for (; attributes[0]; attributes += 2) {
        const char *key = attributes[0], *value = attributes[1];
        size_t length = strlen(value);
        if (!strcmp(key, "SizeC")) take_count(value, &text->channels);
        if (!strcmp(key, "SizeZ")) take_count(value, &text->slices);
        if (!strcmp(key, "SizeT")) take_count(value, &text->frames);
        if (!strcmp(key, "PhysicalSizeX")) take_length(value, &text->x);
        if (!strcmp(key, "PhysicalSizeY")) take_length(value, &text->y);
        if (!strcmp(key, "PhysicalSizeZ")) take_length(value, &text->z);
        if (!strcmp(key, "PhysicalSizeXUnit"))
            length_unit_copy(value, length, text->x_unit, sizeof text->x_unit);
        if (!strcmp(key, "PhysicalSizeYUnit"))
            length_unit_copy(value, length, text->y_unit, sizeof text->y_unit);
        if (!strcmp(key, "PhysicalSizeZUnit"))
            length_unit_copy(value, length, text->z_unit, sizeof text->z_unit);
        if (!strcmp(key, "DimensionOrder")) length_unit_copy(value, length, text->order, sizeof text->order);
    }
    parser->found = 1;
    XML_StopParser(parser->xml, XML_FALSE);
}

/* No OME-XML needs an entity of its own, and entities are what makes small texts unfold to gigabytes. */
static void XMLCALL on_entity(void *user, const XML_Char *entity, int is_parameter, const XML_Char *value,
                              int length, const XML_Char *base, const XML_Char *system,
                              const XML_Char *public, const XML_Char *notation)
{
    (void)entity, (void)is_parameter, (void)value, (void)length, (void)base, (void)system, (void)public,
        (void)notation;
    struct ome_parser *parser = user;
    parser->entity = 1;
    XML_StopParser(parser->xml, XML_FALSE);
}

fringe_status ome_text_parse(const char *description, size_t length, const char *name, struct ome_text *text,
                             fringe_error *error)
{
    /* The schema's default unit of a physical size is the micrometre. */
    *text = (struct ome_text){.x_unit = "\xc2\xb5m", .y_unit = "\xc2\xb5m", .z_unit = "\xc2\xb5m"};
    struct ome_parser parser = {.xml = XML_ParserCreate("UTF-8"), .text = text};
    if (!parser.xml) return failure_memory(error, name, length);
    XML_SetUserData(parser.xml, &parser);
    XML_SetStartElementHandler(parser.xml, on_element);
    XML_SetEntityDeclHandler(parser.xml, on_entity);
    enum XML_Status parsed = XML_Parse(parser.xml, description, (int)length, 1);
    fringe_status status = FRINGE_OK;
    if (parser.entity)
        status = failure_set(error, FRINGE_FORMAT, "%s: OME-XML: declares an entity, which none needs", name);
    else if (!parser.found && parsed == XML_STATUS_ERROR)
        status = failure_set(error, FRINGE_FORMAT, "%s: OME-XML: line %lu: %s", name,
                             (unsigned long)XML_GetCurrentLineNumber(parser.xml),
                             XML_ErrorString(XML_GetErrorCode(parser.xml)));
    else if (!parser.found)
        status = failure_set(error, FRINGE_FORMAT, "%s: OME-XML: has no element Pixels", name);
    XML_ParserFree(parser.xml);
    return status;
}
