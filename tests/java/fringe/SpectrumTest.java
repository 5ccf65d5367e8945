package fringe;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.Random;
import org.junit.Test;

/** The spectrum of a disc of waves: reflections stand where they were drawn. */
public class SpectrumTest {
    private static final int SIDE = 160;
    private static final double NM_PER_PX = 0.02;
    /** Of {111} of gold, whose layers open by 70.53 degrees as seen along [110]. */
    private static final double SPACING = 0.23546;
    private static final double TURN = Math.toRadians(25);
    private static final double OPENING = Math.toRadians(70.5288);

    private static boolean inside(int i) {
        return Math.hypot(i % SIDE - 80, i / SIDE - 80) < 70;
    }

    private static Micrograph drawn(boolean calibrated) {
        float[] pixels = new float[SIDE * SIDE];
        Random random = new Random(4);
        double k = 2 * Math.PI * NM_PER_PX / SPACING;
        for (int i = 0; i < pixels.length; i++) {
            double x = i % SIDE, y = i / SIDE, value = 100 + 4 * random.nextGaussian();
            for (int wave = 0; wave < 2 && inside(i); wave++) {
                double angle = TURN + wave * OPENING;
                value += 8 * Math.cos(k * (x * Math.cos(angle) + y * Math.sin(angle)));
            }
            pixels[i] = (float) value;
        }
        Micrograph micrograph = Micrograph.of(pixels, 0, 1, SIDE, SIDE);
        if (calibrated) micrograph.setPixelSize(NM_PER_PX, NM_PER_PX);
        return micrograph;
    }

    private static Particles disc(Micrograph image) {
        byte[] mask = new byte[SIDE * SIDE];
        for (int i = 0; i < mask.length; i++) mask[i] = (byte) (inside(i) || i == 0 ? 255 : 0);
        try (Micrograph labels = Micrograph.of(mask, 0, 1, SIDE, SIDE)) {
            return Particles.find(labels, image, null, 0, new ParticlesOptions(), null);
        }
    }

    @Test
    public void spotsStandWhereTheyWereDrawn() {
        try (Micrograph image = drawn(true); Particles particles = disc(image); Run run = new Run()) {
            Spectrum spectrum = Spectrum.of(null, image, 0, 0, particles, 1, run);
            int size = spectrum.size();
            float[] power = spectrum.power();
            assertEquals(size * size, power.length);
            assertEquals("nm", spectrum.unit());
            assertEquals(1 / (size * NM_PER_PX), spectrum.stepX(), 1e-9);
            assertEquals(spectrum.stepX(), spectrum.stepY(), 0);
            assertEquals(2, spectrum.spots().length);
            for (Spectrum.Spot spot : spectrum.spots()) {
                double angle = Math.atan2(spot.gY(), spot.gX());
                assertEquals(angle > Math.toRadians(60) ? TURN + OPENING : TURN, angle, 0.02);
                assertEquals(SPACING, spot.spacing(), 4 * spot.spacingError());
                assertEquals(size / 2 + 0.5 + spot.gX() / spectrum.stepX(), spot.x(), 1e-9);
                assertEquals(size / 2 + 0.5 + spot.gY() / spectrum.stepY(), spot.y(), 1e-9);
                assertTrue(power[(int) spot.y() * size + (int) spot.x()] > 20);
                assertTrue(spot.index(), spot.index().matches("-?1-?1-?1"));
                assertEquals(spot.index(), negated(spot.oppositeIndex()));
            }
            FaultRating rating = spectrum.rating();
            assertEquals(2, rating.spotCount());
            assertEquals(spectrum.spots()[0].spacing(), rating.lattice("d1"), 0);
            assertEquals("cannot be decided", rating.className());
            assertEquals(0, rating.probability(), 0);
            assertEquals(0, spectrum.planes().length);
        }
    }

    private static String negated(String index) {
        return index.replaceAll("(\\d)", "-$1").replace("--", "");
    }

    @Test
    public void withoutPixelSizeNothingIsIndexed() {
        try (Micrograph image = drawn(false); Particles particles = disc(image)) {
            Spectrum spectrum = Spectrum.of(null, image, 0, 0, particles, 1, null);
            assertEquals("pixel", spectrum.unit());
            assertEquals(SPACING / NM_PER_PX, spectrum.spots()[0].spacing(), 0.2);
            assertEquals("", spectrum.spots()[0].index() + spectrum.spots()[0].oppositeIndex());
            assertEquals("", spectrum.rating().phase());
        }
    }

    @Test
    public void whatHasNoneIsRefused() {
        try (Micrograph image = drawn(true); Particles particles = disc(image)) {
            FringeArgumentException small = assertThrows(FringeArgumentException.class,
                    () -> Spectrum.of(null, image, 0, 0, particles, 0, null));
            assertTrue(small.getMessage(), small.getMessage().startsWith("particle 1: a lattice needs"));
            assertThrows(FringeArgumentException.class, () -> Spectrum.of(null, image, 0, 0, particles, 2, null));
            assertThrows(FringeArgumentException.class, () -> Spectrum.of(null, image, 0, 0, particles, -1, null));
            assertThrows(FringeArgumentException.class, () -> Spectrum.of(null, image, 1, 0, particles, 1, null));
            assertThrows(FringeArgumentException.class, () -> Spectrum.of(null, null, 0, 0, particles, 1, null));
            assertThrows(FringeArgumentException.class, () -> Spectrum.of(null, image, 0, 0, null, 1, null));
            try (Run stopped = new Run()) {
                stopped.cancel();
                assertThrows(FringeCancelledException.class, () -> Spectrum.of(null, image, 0, 0, particles, 1, stopped));
            }
            // All were given back: they can be closed, and used again before.
            assertEquals(2, Spectrum.of(null, image, 0, 0, particles, 1, null).spots().length);
            Particles closed = disc(image);
            closed.close();
            assertThrows(IllegalStateException.class, () -> Spectrum.of(null, image, 0, 0, closed, 1, null));
        }
    }
}
