package fringe;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.io.FileOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.Test;

/** Pixels reach the library as they are, of every type, and nothing is read beyond an array's end. */
public class MicrographTest {
    private static float[] read(Micrograph micrograph) {
        MicrographInfo info = micrograph.info();
        float[] pixels = new float[info.width() * info.height() + 1];
        micrograph.read(0, 0, pixels, 1);
        return java.util.Arrays.copyOfRange(pixels, 1, pixels.length);
    }

    @Test
    public void everyTypeKeepsItsValues() {
        try (Micrograph bytes = Micrograph.of(new byte[] {9, 0, 127, -128, -1}, 1, 1, 2, 2);
                Micrograph unsigned = Micrograph.of(new short[] {0, 1, -32768, -1}, false, 0, 1, 2, 2);
                Micrograph signed = Micrograph.of(new short[] {0, 1, -32768, -1}, true, 0, 1, 2, 2);
                Micrograph floats = Micrograph.of(new float[] {0, 1.5f, -2e30f, Float.NaN}, 0, 1, 2, 2);
                Micrograph colours = Micrograph.ofColours(new int[] {0, 0xffffff, 0xff0000, 0xff0000ff}, 0, 2, 2)) {
            assertArrayEquals(new float[] {0, 127, 128, 255}, read(bytes), 0);
            assertEquals("uint8", bytes.info().pixel());
            assertArrayEquals(new float[] {0, 1, 32768, 65535}, read(unsigned), 0);
            assertArrayEquals(new float[] {0, 1, -32768, -1}, read(signed), 0);
            assertArrayEquals(new float[] {0, 1.5f, -2e30f, Float.NaN}, read(floats), 0);
            assertArrayEquals(new float[] {0, 255, (float) (0.299 * 255), (float) (0.114 * 255)}, read(colours), 0);
        }
    }

    @Test
    public void boundsAreChecked() {
        short[] pixels = new short[12];
        int[][] wrong = {{1, 1, 3, 4}, {-1, 1, 1, 1}, {0, 2, 3, 4}, {0, 0, 3, 4}, {0, 1, -3, -4}, {13, 1, 1, 1},
            {Integer.MAX_VALUE, 1, 1, 1}, {0, 1, 1 << 16, 1 << 16}, {0, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE}};
        for (int[] w : wrong)
            assertThrows(FringeArgumentException.class, () -> Micrograph.of(pixels, false, w[0], w[1], w[2], w[3]));
        assertThrows(FringeArgumentException.class, () -> Micrograph.of((byte[]) null, 0, 1, 1, 1));
        try (Micrograph micrograph = Micrograph.of(pixels, false, 0, 1, 3, 4)) {
            assertThrows(FringeArgumentException.class, () -> micrograph.read(0, 0, new float[12], 1));
            assertThrows(FringeArgumentException.class, () -> micrograph.read(0, 0, new float[12], -1));
            assertThrows(FringeArgumentException.class, () -> micrograph.read(1, 0, new float[12], 0));
            assertThrows(FringeArgumentException.class, () -> micrograph.read(0, -1, new float[12], 0));
            assertThrows(FringeArgumentException.class, () -> micrograph.next(new short[24], false, 0, 2, 3, 4));
            assertThrows(FringeArgumentException.class, () -> micrograph.next(new float[12], 0, 1, 3, 4));
            micrograph.next(new short[] {7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7}, false, 0, 1, 3, 4);
            assertEquals(7, read(micrograph)[11], 0);
        }
    }

    @Test
    public void unitsAreThoseOfFiles() {
        assertEquals(0.5, Micrograph.pixelSize(0.5, "nm"), 0);
        assertEquals(20, Micrograph.pixelSize(0.02, "\u00b5m"), 1e-12);
        assertEquals(0.03, Micrograph.pixelSize(0.3, "\u00c5"), 1e-12);
        assertEquals(0, Micrograph.pixelSize(1, "pixel"), 0);
        assertEquals(0, Micrograph.pixelSize(1, "inch"), 0);
        assertEquals(0, Micrograph.pixelSize(1, "furlong"), 0);
        assertEquals(0, Micrograph.pixelSize(Double.NaN, "nm"), 0);
    }

    @Test
    public void filesWithAnyName() throws Exception {
        Path folder = Files.createTempDirectory("fr\u00fcnge \u2603 \ud83d\ude00");
        Path copy = folder.resolve("gold \u00c5 \ud83d\ude00.tif");
        Files.copy(new File(TestImages.micrograph("simulated-gold-2nm.tif")).toPath(), copy, StandardCopyOption.REPLACE_EXISTING);
        try (Micrograph micrograph = Micrograph.open(copy.toString(), null)) {
            MicrographInfo info = micrograph.info();
            assertEquals("tiff", info.reader());
            assertTrue(info.pixelSizeX() > 0 && info.pixelSizeX() < 1);
        }
        File absent = folder.resolve("absent \ud83d\ude00.tif").toFile();
        FringeFileException e = assertThrows(FringeFileException.class, () -> Micrograph.open(absent.getPath(), null));
        assertTrue(e.getMessage(), e.getMessage().contains("absent \ud83d\ude00.tif"));
        assertThrows(FringeArgumentException.class, () -> Micrograph.open("a\0b.tif", null));
        File damaged = folder.resolve("damaged.tif").toFile();
        try (FileOutputStream out = new FileOutputStream(damaged)) {
            out.write(new byte[] {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0});
        }
        assertThrows(FringeFormatException.class, () -> Micrograph.open(damaged.getPath(), null));
    }
}
