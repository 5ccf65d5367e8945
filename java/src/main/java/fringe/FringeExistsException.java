package fringe;

/** An output exists and may not be replaced. */
public class FringeExistsException extends FringeException {
    private static final long serialVersionUID = 1L;

    public FringeExistsException(String message) {
        super(message);
    }
}
