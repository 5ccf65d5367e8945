package fringe;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.List;
import org.junit.Test;

/** Particles of small images whose measures can be told by hand, and what is refused. */
public class ParticleHandleTest {
    private static final int WIDTH = 12;
    private static final int HEIGHT = 8;

    /** A rectangle of 4 x 3 pixels at (2, 1), labelled 7, and one of 2 x 2 in the corner at the bottom, labelled 300. */
    private static short[] labels() {
        short[] pixels = new short[WIDTH * HEIGHT];
        for (int y = 1; y < 4; y++) for (int x = 2; x < 6; x++) pixels[y * WIDTH + x] = 7;
        for (int y = 6; y < 8; y++) for (int x = 10; x < 12; x++) pixels[y * WIDTH + x] = 300;
        return pixels;
    }

    private static Micrograph labelMicrograph() {
        return Micrograph.of(labels(), false, 0, 1, HEIGHT, WIDTH);
    }

    private static Micrograph ramp(int height, int width) {
        float[] pixels = new float[height * width];
        for (int i = 0; i < pixels.length; i++) pixels[i] = i;
        return Micrograph.of(pixels, 0, 1, height, width);
    }

    @Test
    public void measuresTwoRectangles() {
        try (Micrograph labels = labelMicrograph(); Micrograph image = ramp(HEIGHT, WIDTH)) {
            labels.setPixelSize(0.5, 0.5);
            try (Particles found = Particles.find(labels, image, null, 0, new ParticlesOptions(), null)) {
                assertEquals(2, found.count());
                assertEquals("nm", found.unit());
                Particle first = found.get(0), second = found.get(1);
                assertEquals(7, first.inputValue());
                assertEquals(12, first.pixelCount());
                assertEquals(3, first.value("Area"), 1e-12);
                assertEquals(2, first.value("X"), 1e-12);
                assertEquals((1 + 2 + 3) / 3.0 * WIDTH + 3.5, first.value("Mean"), 1e-9);
                assertFalse(first.border());
                assertEquals(300, second.inputValue());
                assertEquals(2, second.number());
                assertTrue(second.border());
                assertTrue(found.columns().contains("Mean"));
                assertFalse(found.columns().contains("mean_probability"));
                assertTrue(Double.isNaN(first.value("mean_probability")));
                assertArrayEquals(new int[] {2, 1, 6, 1, 6, 4, 2, 4}, sorted(found.outline(0)));
                int[] plane = found.labels();
                short[] input = labels();
                for (int i = 0; i < plane.length; i++) assertEquals(input[i] == 7 ? 1 : input[i] == 300 ? 2 : 0, plane[i]);
            }
        }
    }

    /** The corners of a rectangle, from the left one at the top on and clockwise, wherever the outline begins. */
    private static int[] sorted(int[] corners) {
        assertEquals(8, corners.length);
        int[] turned = new int[8];
        int begin = 0;
        for (int i = 0; i < 8; i += 2) if (corners[i] == 2 && corners[i + 1] == 1) begin = i;
        boolean clockwise = corners[(begin + 2) % 8] == 6;
        for (int i = 0; i < 8; i += 2) {
            int from = clockwise ? begin + i : begin - i + 8;
            turned[i] = corners[from % 8];
            turned[i + 1] = corners[from % 8 + 1];
        }
        return turned;
    }

    @Test
    public void columnsAreTheLibrarys() {
        List<String> columns = Particles.allColumns();
        assertEquals("Area", columns.get(0));
        assertEquals("mean_probability", columns.get(columns.size() - 1));
        assertThrows(UnsupportedOperationException.class, () -> columns.set(0, "Volume"));
        try (Micrograph labels = labelMicrograph();
                Particles found = Particles.find(labels, null, null, 0, new ParticlesOptions(), null)) {
            assertFalse(found.columns().contains("Mean"));
            assertThrows(FringeArgumentException.class, () -> found.get(0).value("Volume"));
        }
    }

    @Test
    public void optionsAreHeard() {
        try (Micrograph labels = labelMicrograph()) {
            assertEquals(1, count(labels, new ParticlesOptions().border(ParticlesOptions.Border.EXCLUDE)));
            assertEquals(1, count(labels, new ParticlesOptions().minPixels(5)));
            assertEquals(1, count(labels, new ParticlesOptions().threshold(100)));
            assertEquals(1, count(labels, new ParticlesOptions().pixelSize(1).minDiameter(3)));
            assertEquals(1, count(labels, new ParticlesOptions().pixelSize(1).maxDiameter(3)));
        }
    }

    private static int count(Micrograph labels, ParticlesOptions options) {
        try (Particles found = Particles.find(labels, null, null, 0, options, null)) {
            return found.count();
        }
    }

    @Test
    public void wrongArgumentsAreRefused() {
        try (Micrograph labels = labelMicrograph(); Micrograph larger = ramp(HEIGHT + 1, WIDTH)) {
            FringeArgumentException sizes = refused(labels, larger, null, 0, new ParticlesOptions());
            assertTrue(sizes.getMessage(), sizes.getMessage().contains("12 x 9") && sizes.getMessage().contains("12 x 8"));
            refused(labels, null, larger, 0, new ParticlesOptions());
            refused(labels, null, null, 1, new ParticlesOptions());
            refused(labels, null, null, -1, new ParticlesOptions());
            refused(labels, null, null, 0, null);
            refused(null, null, null, 0, new ParticlesOptions());
            refused(labels, null, null, 0, new ParticlesOptions().connectivity(6));
            refused(labels, null, null, 0, new ParticlesOptions().split(Double.NaN));
            refused(labels, null, null, 0, new ParticlesOptions().minDiameter(2));
            assertThrows(IllegalStateException.class,
                    () -> Particles.find(labels, labels, null, 0, new ParticlesOptions(), null));
            try (Particles found = Particles.find(labels, null, null, 0, new ParticlesOptions(), null)) {
                assertThrows(FringeArgumentException.class, () -> found.get(2));
                assertThrows(FringeArgumentException.class, () -> found.get(-1));
                assertThrows(FringeArgumentException.class, () -> found.outline(Integer.MAX_VALUE));
            }
        }
    }

    private static FringeArgumentException refused(Micrograph labels, Micrograph image, Micrograph probability, int slice,
            ParticlesOptions options) {
        return assertThrows(FringeArgumentException.class,
                () -> Particles.find(labels, image, probability, slice, options, null));
    }

    @Test
    public void closedHandlesAreRefused() {
        Micrograph labels = labelMicrograph();
        Particles found = Particles.find(labels, null, null, 0, new ParticlesOptions(), null);
        Particle kept = found.get(0);
        found.close();
        found.close();
        assertThrows(IllegalStateException.class, () -> found.get(0));
        assertThrows(IllegalStateException.class, found::labels);
        assertThrows(IllegalStateException.class, () -> found.outline(0));
        assertEquals(12, kept.value("Area"), 0);
        labels.close();
        assertThrows(IllegalStateException.class,
                () -> Particles.find(labels, null, null, 0, new ParticlesOptions(), null));
    }

    @Test
    public void cancelledRunsFindNothing() {
        try (Micrograph labels = labelMicrograph(); Run run = new Run()) {
            run.cancel();
            assertThrows(FringeCancelledException.class,
                    () -> Particles.find(labels, null, null, 0, new ParticlesOptions(), run));
            assertEquals("the labels are free again", 2, count(labels, new ParticlesOptions()));
        }
    }
}
