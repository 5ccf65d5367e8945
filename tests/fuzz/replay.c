/* replay.c - runs a fuzz target over files, in every build and without libFuzzer.
 *
 *     fuzz_png FILE|FOLDER...
 *
 * Each file is fed whole and cut short: at every length where it is small, else at CUTS lengths spread over
 * it and at each of its first CUTS lengths, where headers lie. The name is printed before its turn, so that
 * the last line of a log names the file that crashed. An input that takes SECONDS, or a run that ever takes
 * MOST_MEGABYTES, fails. Exit status 0: every input was survived.
 */
#define _GNU_SOURCE
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { CUTS = 128, SECONDS = 20, MOST_MEGABYTES = 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static long file_count, input_count;

/* From a block of exactly this size, so that a sanitizer sees the first byte read behind the end. */
static void feed(const uint8_t *bytes, size_t size)
{
    uint8_t *exact = malloc(size ? size : 1);
    if (!exact) exit(2);
    memcpy(exact, bytes, size);
    alarm(SECONDS);
    LLVMFuzzerTestOneInput(exact, size);
    alarm(0);
    free(exact);
    input_count++;
}

static int feed_file(const char *path, const struct stat *facts, int kind, struct FTW *place)
{
    (void)place;
    if (kind != FTW_F) return 0;
    printf("%s\n", path);
    fflush(stdout);
    size_t size = (size_t)facts->st_size;
    uint8_t *bytes = malloc(size ? size : 1);
    FILE *stream = fopen(path, "rb");
    if (!bytes || !stream || fread(bytes, 1, size, stream) != size) {
        fprintf(stderr, "%s: cannot be read\n", path);
        exit(2);
    }
    fclose(stream);
    feed(bytes, size);
    for (size_t length = 0; length < size && length < CUTS; length++) feed(bytes, length);
    size_t stride = size > CUTS ? (size - 1) / CUTS + 1 : 1;
    for (size_t length = CUTS; length < size; length += stride) feed(bytes, length);
    free(bytes);
    file_count++;
    return 0;
}

int main(int count, char **names)
{
    for (int i = 1; i < count; i++) {
        if (nftw(names[i], feed_file, 16, FTW_PHYS) != 0) {
            fprintf(stderr, "%s: cannot be walked\n", names[i]);
            return 2;
        }
    }
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("%ld files, %ld inputs, %ld MB at most\n", file_count, input_count, used.ru_maxrss / 1024);
    if (used.ru_maxrss / 1024 > MOST_MEGABYTES) {
        fprintf(stderr, "more than %d MB\n", MOST_MEGABYTES);
        return 1;
    }
    return file_count == 0;
}
