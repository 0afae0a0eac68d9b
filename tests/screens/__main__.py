"""`python -m tests.screens`. Light on purpose: every decoding process imports this module again."""

if __name__ == "__main__":
    from tests.screens.tour import main

    raise SystemExit(main())
