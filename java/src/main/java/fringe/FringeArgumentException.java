package fringe;

/** An argument is out of its range. */
public class FringeArgumentException extends FringeException {
    private static final long serialVersionUID = 1L;

    public FringeArgumentException(String message) {
        super(message);
    }
}
